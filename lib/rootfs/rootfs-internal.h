/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Included only in lib/rootfs. */
#ifndef LIB_ROOTFS_ROOTFS_INTERNAL_H
#define LIB_ROOTFS_ROOTFS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/own-volumes.h"
#include "lib/rootfs/rootfs.h"

/* ---- budget.c ---- */

struct spending {
	uint64_t limit[ROOTFS_COSTS], used[ROOTFS_COSTS];
	uint64_t cpu, wall;     /* nanoseconds, at the start */
	uint64_t waiting;       /* start of the current wait for the disk; 0: not waiting */
	bool over;
	enum rootfs_cost what;  /* the cost that ran out */
	char *where;            /* the path of the access at which it ran out */
};

void spending_begin(struct spending *s, const uint64_t limit[ROOTFS_COSTS]);
void spending_done(struct spending *s);
/* Returns 0, or -ETIME once the budget is used up. */
int spending_add(struct spending *s, enum rootfs_cost what, uint64_t n, const char *path);
/* Begins a wait for a disk write, which does not count as wall time. */
void spending_pause(struct spending *s);
void spending_resume(struct spending *s);
int spending_err(const struct spending *s, struct err *e);

struct rootfs {
	int fd;
	struct spending spent;
	uint64_t mounts[OWN_VOLUMES_MAX]; /* ids of the mounts that paths may cross to */
	size_t n_mounts;
};

/* ---- walk.c ---- */

/* Open a path of the container, also on its own volumes.  Returns a descriptor or -errno. */
int rootfs_walk(struct rootfs *r, const char *path, int flags);
/* The same for a folder, by O_PATH; -ELOOP: there is a link in the path. */
int rootfs_walk_plain(struct rootfs *r, const char *path);

/* ---- rootfs.c ---- */

/* Set an error "cannot WHAT" for path; num is an errno value.  Returns -num. */
int rootfs_fail(const struct rootfs *r, struct err *e, int num, const char *path, const char *what);
/* Tells analyzers that the result is less than 0. */
#define rootfs_fail(...) err_negative(rootfs_fail(__VA_ARGS__))

/* Charge bytes, names or changes.  Paths are charged when they are resolved. */
int rootfs_pay(struct rootfs *r, enum rootfs_cost what, uint64_t n, const char *path,
	       struct err *e);

/* A split path: the open parent folder, and the last component. */
struct rootfs_place {
	int dir;
	char *name;
};
#define ROOTFS_PLACE_INIT { .dir = -1 }
#define autoplace __attribute__((cleanup(rootfs_place_done))) struct rootfs_place

int rootfs_open_place(struct rootfs *r, const char *path, struct rootfs_place *ret, struct err *e);
void rootfs_place_done(struct rootfs_place *p);

/* Follow the symlinks at the leaf; *ret is a path whose leaf is not a symlink. */
int rootfs_follow_links(struct rootfs *r, const char *path, char **ret, struct err *e);

#endif
