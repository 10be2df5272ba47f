/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logical volumes, for the types lvm and lvmthin.  vm-CTID-NAME is a volume, base-CTID-NAME that of
 * a template.  The path is /dev/GROUP/NAME.
 */
#ifndef LIB_STORAGE_TYPE_LVM_VOLUME_H
#define LIB_STORAGE_TYPE_LVM_VOLUME_H

#include "lib/storage/storage.h"

/* The start of a command that prints values in bytes, with tabs between. */
#define LVM_REPORT "--noheadings", "--nosuffix", "--units", "b", "--separator", "\t"

/* Members of struct volume_ops and struct storage_ops. */
bool lvm_locate(const struct storage *s, const char *name, unsigned *ret_owner, struct volume *ret);
char *lvm_root_name(const struct storage *s, unsigned ctid, uint64_t mib);
char *lvm_disk_name(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n);
int lvm_look(const struct volume *v, struct volume_owner *ret, struct err *e);
int lvm_mount(const struct volume *v, unsigned flags, struct err *e);
int lvm_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e);
int lvm_remove(const struct volume *v, struct err *e);
int lvm_size(const struct volume *v, uint64_t *ret, struct err *e);
int lvm_grow(const struct volume *v, uint64_t bytes, struct err *e);
int lvm_lock(const struct volume *v, struct err *e);
int lvm_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e);

/* Run a command of LVM; the fields of its first line.  Free with strv_free(). */
int lvm_ask(const char *const argv[], char ***ret, struct err *e);
/* A command about the group failed: add the storage and what to do. */
int lvm_err_group(const struct storage *s, struct err *e);
/* -EEXIST if the group has a volume of this name. */
int lvm_check_new(const struct volume *v, struct err *e);
/* Fails unless there are so many bytes in the storage, of which so many are available. */
int lvm_check_room(const struct volume *v, uint64_t available, uint64_t bytes, struct err *e);
/* Run lvcreate, and make ext4 on the volume.  zeroed: mkfs_ext4(). */
int lvm_create(const struct volume *v, const char *const lvcreate[], bool zeroed, struct err *e);
/* GROUP/NAME; the caller frees. */
char *lvm_name(const struct volume *v);

#endif
