/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lib/rootfs/{rootfs,write,budget}.c share, and no one else includes. */
#ifndef LIB_ROOTFS_ROOTFS_INTERNAL_H
#define LIB_ROOTFS_ROOTFS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rootfs/rootfs.h"

/* ---- budget.c: what is spent of the budget ---- */

struct spending {
	uint64_t limit[ROOTFS_COSTS], used[ROOTFS_COSTS];
	uint64_t cpu, wall;     /* nanoseconds, when it began */
	uint64_t waiting;       /* since when the disk is waited for; 0: it is not */
	bool over;
	enum rootfs_cost what;  /* was used up */
	char *where;            /* the path that was asked for then */
};

void spending_begin(struct spending *s, const uint64_t limit[ROOTFS_COSTS]);
void spending_done(struct spending *s);
/* 0, or -ETIME: it is used up, now or since before. */
int spending_add(struct spending *s, enum rootfs_cost what, uint64_t n, const char *path);
/* In between is a wait for the disk to write, which does not count. */
void spending_pause(struct spending *s);
void spending_resume(struct spending *s);
int spending_err(const struct spending *s, struct err *e);

/* ---- rootfs.c ---- */

struct rootfs {
	int fd;
	struct spending spent;
};

/* Say that something could not be done to path; num as errno.  Returns -num. */
int rootfs_fail(const struct rootfs *r, struct err *e, int num, const char *path, const char *what);
/* Below 0, which analyzers cannot see. */
#define rootfs_fail(...) err_negative(rootfs_fail(__VA_ARGS__))

/* For bytes, names and changes; a path is paid for where it is resolved. */
int rootfs_pay(struct rootfs *r, enum rootfs_cost what, uint64_t n, const char *path,
	       struct err *e);

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
