/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unified diff of two texts by diff(1), for people. */
#ifndef LIB_BASE_DIFF_H
#define LIB_BASE_DIFF_H

struct err;

/*
 * *ret is a diff with three lines of context, or "" for equal texts; the caller frees.  old or new
 * is NULL if the file does not exist.  Control characters except tabs become '?' before diff(1)
 * reads the texts: they come from a container, and the diff may be printed on a terminal.
 * -ETIMEDOUT: diff(1) was killed because it took too long.
 */
int diff_unified(const char *path, const char *old, const char *new, char **ret, struct err *e);

#endif
