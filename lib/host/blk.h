/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at the file system on an image, without mounting it. */
#ifndef LIB_HOST_BLK_H
#define LIB_HOST_BLK_H

#include <sys/types.h>

struct err;

/*
 * Fails unless the image holds exactly one file system, which is ext4 and complete.  path is for
 * messages.  The file offset of fd is neither used nor changed.
 */
int blk_check_ext4(int fd, const char *path, struct err *e);

/* The file systems that a block device of the host may have: ext4, xfs and btrfs. */
#define BLK_TYPE_MAX 8
int blk_type(int fd, const char *path, char ret[BLK_TYPE_MAX], struct err *e);

/*
 * The owner of the top folder, as it is on disk.  The image passed blk_check_ext4(), and may be in
 * use.
 */
int blk_ext4_owner(int fd, const char *path, uid_t *ret_uid, gid_t *ret_gid, struct err *e);

#endif
