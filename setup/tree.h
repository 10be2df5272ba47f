/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sink: what steps read and write through.  It decides what a write does -- apply it, or only
 * remember it, so that later reads see it -- records every change for the report, and asks for the
 * administrator's opt-out (.pve-ignore.NAME).  A write of what is there already is none.
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
	TREE_SECRET = 256, /* beside enum rootfs_flags: the contents never appear in a report */
};

struct tree *tree_new(struct rootfs *root, bool dry, struct report *report);
void tree_free(struct tree *t); /* NULL is fine */
void tree_set_step(struct tree *t, const char *step); /* the one that makes the next changes */

/* As their rootfs_ namesakes. */
bool tree_is_ignored(struct tree *t, const char *path);
int tree_kind(struct tree *t, const char *path);
int tree_lkind(struct tree *t, const char *path);
bool tree_is_exec(struct tree *t, const char *path);
int tree_readlink(struct tree *t, const char *path, char **ret, struct err *e);
/* What is only remembered does not show here. */
int tree_list(struct tree *t, const char *path, char ***ret, struct err *e);

/*
 * Paths of what is in n folders and ends in suffix, sorted by name.  A name in one folder hides the
 * same name in those after it.  Folders that cannot be listed are passed over.
 */
char **tree_list_merged(struct tree *t, const char *const *dirs, size_t n, const char *suffix);

/* A text: a file that holds a NUL byte is an error.  -ENOENT has no text in e. */
int tree_read(struct tree *t, const char *path, char **ret, struct err *e);
/* The same; NULL where there is no file. */
int tree_read_optional(struct tree *t, const char *path, char **ret, struct err *e);

/* mode 0: the old file's, else 0644.  0 also when the file is to be left alone. */
int tree_write(struct tree *t, const char *path, const char *text, mode_t mode, unsigned flags,
	       struct err *e);
/* Our section of a file that others write, too (setup/text-section.h); body "" takes it away. */
int tree_write_section(struct tree *t, const char *path, const char *body, struct err *e);
int tree_symlink(struct tree *t, const char *target, const char *path, struct err *e);
int tree_unlink(struct tree *t, const char *path, unsigned flags, struct err *e);
int tree_mkdir(struct tree *t, const char *path, mode_t mode, struct err *e);

#endif
