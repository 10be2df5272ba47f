/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Subvolumes of btrfs and their sizes, by ioctl.  top is a descriptor of a subvolume's top folder;
 * path names it in messages.
 */
#ifndef LIB_HOST_BTRFS_H
#define LIB_HOST_BTRFS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* Whether the folder is on btrfs; and whether it is the top folder of a subvolume. */
bool btrfs_has(int dir);
bool btrfs_is_top(int top);

/* Make an empty subvolume.  -EEXIST: there is something of this name. */
int btrfs_make(int dir, const char *name, const char *path, struct err *e);
/*
 * Remove a subvolume, all subvolumes below it, however deep and many, also read-only ones, and its
 * limit.  The caller knows that nobody uses it.
 */
int btrfs_remove(int dir, const char *name, const char *path, struct err *e);

/*
 * Whether subvolumes of this file system can have a size that also holds for subvolumes that others
 * make below them: whether its simple quotas (Linux 6.7) are on.  pct does not turn them on, since
 * older kernels then cannot mount the file system.  dir -1: there is none.
 */
bool btrfs_can_limit(int dir);
/*
 * Let a subvolume, with all that are made below it from now on, have at most so many bytes.
 */
int btrfs_limit(int top, uint64_t bytes, const char *path, struct err *e);
/* Get the limit and the bytes in use; limit 0: it has none. */
int btrfs_usage(int top, uint64_t *ret_limit, uint64_t *ret_used, const char *path, struct err *e);

#endif
