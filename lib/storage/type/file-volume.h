/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For storage types whose volumes are files and folders: an image with ext4, or a folder, at the
 * volume's path.  These functions are members of struct volume_ops and struct storage_ops.  The
 * parent folder of the path belongs to root and only root can enter it.
 */
#ifndef LIB_STORAGE_TYPE_FILE_VOLUME_H
#define LIB_STORAGE_TYPE_FILE_VOLUME_H

#include "lib/storage/storage.h"

int file_volume_look(const struct volume *v, struct volume_owner *ret, struct err *e);
int file_volume_mount(const struct volume *v, unsigned flags, struct err *e);

/* Make the parent folder, and check that the volume does not exist: -EEXIST. */
int file_volume_prepare(const struct volume *v, struct err *e);
/* Makes the parent folder, too; the last removal removes it. */
int file_volume_create(const struct volume *v, uint64_t mib, struct err *e);
int file_volume_remove(const struct volume *v, struct err *e);

/*
 * struct storage_ops.list for PATH/images/CTID/FILE.  name_of() gives the last part of the volume's
 * name, which the caller frees; NULL: the file is no volume.
 */
int file_volume_list(const struct storage *s, unsigned ctid, char *(*name_of)(const char *file),
		     char ***ret, struct err *e);

/* ---- of images ---- */

int file_volume_size(const struct volume *v, uint64_t *ret, struct err *e);
int file_volume_grow(const struct volume *v, uint64_t bytes, struct err *e);
int file_volume_lock(const struct volume *v, struct err *e);
int file_volume_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e);

#endif
