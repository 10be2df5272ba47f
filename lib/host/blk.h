/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifies the file system on an image, by libblkid. */
#ifndef LIB_HOST_BLK_H
#define LIB_HOST_BLK_H

struct err;

/*
 * Fails unless the image holds exactly one file system, which is ext4 and complete.  path is for
 * messages.  The file offset of fd is neither used nor changed.
 */
int blk_check_ext4(int fd, const char *path, struct err *e);

#endif
