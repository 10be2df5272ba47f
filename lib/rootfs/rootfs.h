/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The only way into a container's files.
 *
 * Everything below the root is hostile.  Every path is resolved by openat2(2) with RESOLVE_IN_ROOT,
 * RESOLVE_NO_MAGICLINKS and RESOLVE_NO_XDEV; every open is O_CLOEXEC|O_NONBLOCK|O_NOCTTY and must
 * yield a regular file (or directory); reads are capped.  Operations without an openat2 form open
 * the parent this way and use the last component only.  A kernel without openat2 is an error.
 * Paths are given as inside the container: "/etc/hostname".
 */
#ifndef LIB_ROOTFS_ROOTFS_H
#define LIB_ROOTFS_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct rootfs;

#define ROOTFS_MAX_READ (1024 * 1024)
#define ROOTFS_MAX_ENTRIES 4096

/*
 * One budget for all work through a struct rootfs: each file and folder has a cap, but container
 * root can make any number of them.  When it is used up, every call fails with
 * -ETIME, a write before it begins, so that nothing is half done.
 */
enum rootfs_cost {
	ROOTFS_BYTES,   /* read and written */
	ROOTFS_PATHS,   /* looked at, whatever is there */
	ROOTFS_NAMES,   /* in the folders that were listed */
	ROOTFS_CHANGES, /* files, links and folders that were made, replaced or removed */
	ROOTFS_CPU_MS,  /* of this process, whatever it did in the meantime */
	ROOTFS_WALL_MS, /* without what the disk takes to write */
	ROOTFS_COSTS
};
extern const uint64_t rootfs_budget[ROOTFS_COSTS]; /* what it is from the opening on */
/* "reads and writes no more than 32 MiB"; the caller frees. */
char *rootfs_budget_text(enum rootfs_cost what, uint64_t limit);

enum rootfs_flags {
	ROOTFS_KEEP_LINK = 1,    /* a symlink at the leaf: fail with -ELOOP */
	ROOTFS_REPLACE_LINK = 2, /* a symlink at the leaf is replaced by a file */
	ROOTFS_FOLLOW_LINK = 4,  /* write to what the link leads to, inside the root */
};

/* Open the top: O_NOFOLLOW, a directory.  confine also applies Landlock (ABI 2 or later) to this
 * process, for the tree and (may be NULL) one more writable folder. */
int rootfs_open(const char *path, struct rootfs **ret, struct err *e);
/* The same of an open top, which is given away; path is for messages. */
int rootfs_take(int fd, const char *path, struct rootfs **ret, struct err *e);
void rootfs_close(struct rootfs *r); /* NULL is fine */
int rootfs_fd(const struct rootfs *r); /* of the top (O_PATH), to be kept open */
int rootfs_confine(struct rootfs *r, const char *also_writable, struct err *e);

/* A new budget from now on; in a child that is to have its own, for processor time is its own. */
void rootfs_budget_begin(struct rootfs *r, const uint64_t budget[ROOTFS_COSTS]);
/* It is used up: e says which part of it, and at what path. */
bool rootfs_budget_is_over(const struct rootfs *r, struct err *e);

/* Kinds as S_IFMT values; 0: not there; -errno.  The leaf is not followed by lkind. */
int rootfs_kind(struct rootfs *r, const char *path);
int rootfs_lkind(struct rootfs *r, const char *path);
bool rootfs_is_exec(struct rootfs *r, const char *path); /* regular, some x bit */

/*
 * True when the container's administrator asked to leave this file alone: a regular file
 * .pve-ignore.NAME lies beside it, or beside what a link at this place leads to.  Writers ask
 * first; the calls below do not.
 */
bool rootfs_is_ignored(struct rootfs *r, const char *path);

/* Regular files of at most ROOTFS_MAX_READ bytes.  -ENOENT has no text in e.  *ret ends in NUL. */
int rootfs_read(struct rootfs *r, const char *path, char **ret, size_t *ret_len, struct err *e);
/* The first bytes of a regular file of any size; *ret_len says how many were there. */
int rootfs_read_head(struct rootfs *r, const char *path, void *data, size_t size, size_t *ret_len,
		     struct err *e);
/* A folder to mount on, as an O_PATH descriptor. */
int rootfs_open_folder(struct rootfs *r, const char *path, struct err *e);
int rootfs_readlink(struct rootfs *r, const char *path, char **ret, struct err *e);
/* Entry names, sorted, without . and ..; -ENOENT as above; -EFBIG above ROOTFS_MAX_ENTRIES. */
int rootfs_list(struct rootfs *r, const char *path, char ***ret, struct err *e);

/*
 * Exclusive random name in the parent, mode (0: the old file's, else 0644), the old file's owner,
 * else that of the root's top, fsync, rename.  Writes nothing when bytes and mode are there
 * already.  Without one of the flags a symlink is as with ROOTFS_KEEP_LINK.  What is neither a
 * regular file nor a symlink is never replaced (-EINVAL).
 */
int rootfs_write(struct rootfs *r, const char *path, const void *data, size_t len, mode_t mode,
		 unsigned flags, struct err *e);
int rootfs_mkdir(struct rootfs *r, const char *path, mode_t mode, struct err *e); /* with parents */
/* A link or a file in its place is replaced. */
int rootfs_symlink(struct rootfs *r, const char *target, const char *path, struct err *e);
/* Charge a change of a dry run as one that is made. */
int rootfs_would_change(struct rootfs *r, const char *path, size_t len, struct err *e);
/* Missing is fine. */
int rootfs_unlink(struct rootfs *r, const char *path, struct err *e);

#endif
