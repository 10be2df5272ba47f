/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The only access to a container's files.
 *
 * Everything below the root is hostile.  Every path is resolved by openat2(2) with RESOLVE_IN_ROOT,
 * RESOLVE_NO_MAGICLINKS and RESOLVE_NO_XDEV, or, on volumes of the container, one component after
 * the other (walk.c).  Every open uses O_CLOEXEC|O_NONBLOCK|O_NOCTTY and
 * must yield a regular file (or directory).  Reads are capped.  Operations without an openat2 form
 * open the parent this way and use only the last component.  A kernel without openat2 is an error.
 * Paths are those inside the container: "/etc/hostname".
 */
#ifndef LIB_ROOTFS_ROOTFS_H
#define LIB_ROOTFS_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct own_volume;
struct rootfs;

#define ROOTFS_MAX_READ (1024 * 1024)
#define ROOTFS_MAX_ENTRIES 4096

/*
 * One budget limits all work through a struct rootfs: single files and folders have limits, but
 * container root can create any number of them.  Once the budget is used up, every call fails with
 * -ETIME.  A write fails before it starts, so that nothing is left half done.
 */
enum rootfs_cost {
	ROOTFS_BYTES,   /* read and written */
	ROOTFS_PATHS,   /* resolved, whether or not they exist */
	ROOTFS_NAMES,   /* entries of listed folders */
	ROOTFS_CHANGES, /* files, links and folders created, replaced or removed */
	ROOTFS_CPU_MS,  /* CPU time of this process, whatever it did */
	ROOTFS_WALL_MS, /* wall time without waiting for disk writes */
	ROOTFS_COSTS
};
extern const uint64_t rootfs_budget[ROOTFS_COSTS]; /* the budget after opening */
/* "reads and writes no more than 32 MiB"; the caller frees. */
char *rootfs_budget_text(enum rootfs_cost what, uint64_t limit);

enum rootfs_flags {
	ROOTFS_KEEP_LINK = 1,    /* a symlink at the leaf: fail with -ELOOP */
	ROOTFS_REPLACE_LINK = 2, /* a symlink at the leaf is replaced by a file */
	ROOTFS_FOLLOW_LINK = 4,  /* write to the link's target, inside the root */
};

/*
 * Open the top folder: O_NOFOLLOW.  confine also applies Landlock (ABI 2 or later) to this process,
 * for the tree and one more writable folder (may be NULL).
 */
int rootfs_open(const char *path, struct rootfs **ret, struct err *e);
/* Like rootfs_open(), takes over the open top folder; path is for messages. */
int rootfs_take(int fd, const char *path, struct rootfs **ret, struct err *e);
void rootfs_close(struct rootfs *r); /* accepts NULL */
int rootfs_fd(const struct rootfs *r); /* the top (O_PATH); it stays open */
int rootfs_confine(struct rootfs *r, const char *also_writable, struct err *e);

/*
 * Let paths cross to a volume of the container, whose parents were added before.  -EXDEV: another
 * file system is mounted there.
 */
int rootfs_add_volume(struct rootfs *r, const struct own_volume *v);

/*
 * Open a folder as a mount point in a tree in which processes run: on the root volume or an added
 * one.  Refuses links in the path.  Returns an O_PATH descriptor; -ENOENT sets no text in e.
 */
int rootfs_open_live_mount_point(struct rootfs *r, const char *path, struct err *e);

/* Start a new budget, for a child process that needs its own: CPU time counts per process. */
void rootfs_budget_begin(struct rootfs *r, const uint64_t budget[ROOTFS_COSTS]);
/* Whether the budget is used up; e says which part, and at which path. */
bool rootfs_budget_is_over(const struct rootfs *r, struct err *e);

/* Returns the type as an S_IFMT value; 0: missing; -errno.  lkind does not follow the leaf. */
int rootfs_kind(struct rootfs *r, const char *path);
int rootfs_lkind(struct rootfs *r, const char *path);
bool rootfs_is_exec(struct rootfs *r, const char *path); /* regular file with an x bit */

/*
 * True if the container's administrator wants this file left alone: a regular file .pve-ignore.NAME
 * is beside it, or beside the target of the symlink at this path.  Callers check this before they
 * write; the calls below do not.
 */
bool rootfs_is_ignored(struct rootfs *r, const char *path);

/*
 * Read a regular file of at most ROOTFS_MAX_READ bytes.  -ENOENT sets no text in e.  *ret ends in
 * NUL.
 */
int rootfs_read(struct rootfs *r, const char *path, char **ret, size_t *ret_len, struct err *e);
/* Read the first bytes of a regular file of any size; *ret_len is their number. */
int rootfs_read_head(struct rootfs *r, const char *path, void *data, size_t size, size_t *ret_len,
		     struct err *e);
/*
 * Open a folder as a mount point, which may be on any mount; refuses links in the path.  Only for a
 * tree in which no process runs.  Returns an O_PATH descriptor; -ENOENT sets no text in e.
 */
int rootfs_open_mount_point(struct rootfs *r, const char *path, struct err *e);
/* Open a regular file as a mount point, refusing links and other mounts in the path: O_PATH. */
int rootfs_open_file_point(struct rootfs *r, const char *path, struct err *e);
int rootfs_readlink(struct rootfs *r, const char *path, char **ret, struct err *e);
/*
 * List entry names, sorted, without .  and ..; -ENOENT as above; -EFBIG above ROOTFS_MAX_ENTRIES.
 */
int rootfs_list(struct rootfs *r, const char *path, char ***ret, struct err *e);

/*
 * Replace a file: create one with a random name in the same folder, set mode and owner, fsync,
 * rename.  mode 0 means the old file's mode, else 0644.  The owner is the old file's, else that of
 * the root's top.  Writes nothing if content and mode are already right.  Without a flag, symlinks
 * are handled as with ROOTFS_KEEP_LINK.  Refuses to replace anything but regular files and symlinks
 * (-EINVAL).
 */
int rootfs_write(struct rootfs *r, const char *path, const void *data, size_t len, mode_t mode,
		 unsigned flags, struct err *e);
int rootfs_mkdir(struct rootfs *r, const char *path, mode_t mode, struct err *e); /* with parents */
/* Replaces an existing link or file. */
int rootfs_symlink(struct rootfs *r, const char *target, const char *path, struct err *e);
/* Charge a change of a dry run like a real one. */
int rootfs_would_change(struct rootfs *r, const char *path, size_t len, struct err *e);
/* A missing file is no error. */
int rootfs_unlink(struct rootfs *r, const char *path, struct err *e);

#endif
