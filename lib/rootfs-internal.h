/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lib/rootfs*.c share, and no one else includes. */
#ifndef LIB_ROOTFS_INTERNAL_H
#define LIB_ROOTFS_INTERNAL_H

#include "lib/rootfs.h"

struct rootfs {
	int fd;
};

/* Say that something could not be done to path; num as errno.  Returns -num. */
int rootfs_fail(struct err *e, int num, const char *path, const char *what);

/* A path taken apart: the folder, opened, and the last component. */
struct rootfs_place {
	int dir;
	char *name;
};
#define ROOTFS_PLACE_INIT { .dir = -1 }
#define autoplace __attribute__((cleanup(rootfs_place_done))) struct rootfs_place

int rootfs_open_place(struct rootfs *r, const char *path, struct rootfs_place *ret, struct err *e);
void rootfs_place_done(struct rootfs_place *p);

/* Links at the leaf, one after the other, to the path whose leaf is none. */
int rootfs_follow_links(struct rootfs *r, const char *path, char **ret, struct err *e);

#endif
