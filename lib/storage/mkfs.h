/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file system of a new volume. */
#ifndef LIB_STORAGE_MKFS_H
#define LIB_STORAGE_MKFS_H

#include <stdbool.h>

struct err;

/*
 * Make ext4 on a new image or block device, with mke2fs(8).  Its top folder belongs to root.
 * zeroed: all that it holds is zeros; otherwise the journal is overwritten, so that what was there
 * before cannot be taken for a part of it.
 */
int mkfs_ext4(const char *path, bool zeroed, struct err *e);

#endif
