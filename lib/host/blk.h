/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies on an image, by libblkid. */
#ifndef LIB_HOST_BLK_H
#define LIB_HOST_BLK_H

struct err;

/*
 * Fails unless the image holds exactly one file system, that one is ext4, and no part of it is
 * missing.  path is for messages; the file offset of fd does not matter and stays.
 */
int blk_check_ext4(int fd, const char *path, struct err *e);

#endif
