/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For storage types whose volumes are block devices of the host with ext4, at the volume's path.
 * These functions are members of struct volume_ops and struct storage_ops, or the last part of
 * them, once the device is there.
 *
 * A device is attached while it is mounted, in whichever mount namespace: then the kernel refuses
 * O_EXCL.  To mount one, or to change it while it is not attached, is to hold a lock of flock(2) on
 * its node.
 */
#ifndef LIB_STORAGE_TYPE_BLOCK_VOLUME_H
#define LIB_STORAGE_TYPE_BLOCK_VOLUME_H

#include "lib/storage/storage.h"

int block_volume_look(const struct volume *v, struct volume_owner *ret, struct err *e);
int block_volume_mount(const struct volume *v, unsigned flags, struct err *e);
int block_volume_size(const struct volume *v, uint64_t *ret, struct err *e);
int block_volume_lock(const struct volume *v, struct err *e);
int block_volume_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e);

#endif
