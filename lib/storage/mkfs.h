/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file system of a new volume. */
#ifndef LIB_STORAGE_MKFS_H
#define LIB_STORAGE_MKFS_H

struct err;

/* Make ext4 on an empty image or block device, with mke2fs(8).  Its top folder belongs to root. */
int mkfs_ext4(const char *path, struct err *e);

#endif
