/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree: all steps read and write files through it.  It applies each write, or in a dry run
 * keeps it in memory, where later reads see it.  It records each change in the report, and leaves
 * files alone that have .pve-ignore.NAME beside them, or that NixOS makes (setup/nixos.h).  Writing
 * the same contents is not a change.
 */
#ifndef SETUP_TREE_H
#define SETUP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/rootfs/rootfs.h"

struct err;
struct report;
struct tree;

enum tree_flags {
	TREE_SECRET = 256, /* in addition to enum rootfs_flags: a report never has the contents */
};

struct tree *tree_new(struct rootfs *root, bool dry, struct report *report);
void tree_free(struct tree *t); /* takes NULL */
void tree_set_step(struct tree *t, const char *step); /* the step of the next changes */

/* Whether the administrator's marker .pve-ignore.NAME is beside path. */
bool tree_has_marker(struct tree *t, const char *path);
/* Whether path must be left alone: it has a marker, or NixOS makes it at each boot. */
bool tree_is_ignored(struct tree *t, const char *path);
/* The same, and the report says so. */
bool tree_leaves_alone(struct tree *t, const char *path);

/* These are like the functions rootfs_... of the same name. */
int tree_kind(struct tree *t, const char *path);
int tree_lkind(struct tree *t, const char *path);
bool tree_is_exec(struct tree *t, const char *path);
int tree_readlink(struct tree *t, const char *path, char **ret, struct err *e);
/* Does not list files that a dry run would create. */
int tree_list(struct tree *t, const char *path, char ***ret, struct err *e);

/*
 * The paths of the files in n folders whose names end in suffix, sorted by name.  A file hides
 * files of the same name in later folders.  Folders that cannot be listed are skipped.
 */
char **tree_list_merged(struct tree *t, const char *const *dirs, size_t n, const char *suffix);

/* Read a text; a NUL byte is an error.  -ENOENT does not fill e. */
int tree_read(struct tree *t, const char *path, char **ret, struct err *e);
/* tree_read(), but a missing file gives NULL and returns 0. */
int tree_read_optional(struct tree *t, const char *path, char **ret, struct err *e);

/* Read the first bytes of a file, also of one that is not text.  For files that no step writes. */
int tree_read_head(struct tree *t, const char *path, void *data, size_t size, size_t *ret_len,
		   struct err *e);

/* mode 0: the mode of the old file, else 0644.  Also returns 0 if the file must be left alone. */
int tree_write(struct tree *t, const char *path, const char *text, mode_t mode, unsigned flags,
	       struct err *e);
/* Write pct's section of a shared file (setup/text-section.h).  body "" removes it. */
int tree_write_section(struct tree *t, const char *path, const char *body, struct err *e);
int tree_symlink(struct tree *t, const char *target, const char *path, struct err *e);
int tree_unlink(struct tree *t, const char *path, unsigned flags, struct err *e);
/* Also returns 0 without a folder where NixOS makes path. */
int tree_mkdir(struct tree *t, const char *path, mode_t mode, struct err *e);

#endif
