/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds programs of a container by name.  Runs none of them. */
#ifndef SETUP_PROGRAM_H
#define SETUP_PROGRAM_H

#include <stdbool.h>

struct tree;

/* The path of a program ("/sbin/ifup") in the usual folders; NULL: not found.  The caller frees. */
char *program_find(struct tree *t, const char *name);
bool program_is_there(struct tree *t, const char *name);

/*
 * What a program is, whatever its name: links, copies, alternatives and wrappers give it any.
 * Returns the index of the first mark that the first 4 MiB of its file contain; n: none, or the
 * file cannot be read.
 */
size_t program_find_mark(struct tree *t, const char *path, const char *const *marks, size_t n);
/* Whether the program is busybox. */
bool program_is_busybox(struct tree *t, const char *path);

/*
 * The name of the file behind all links ("busybox" for /sbin/ifup -> /bin/busybox); Debian's
 * alternatives are chains of links.  NULL: there is no file.  The caller frees.
 */
char *program_real_name(struct tree *t, const char *path);

#endif
