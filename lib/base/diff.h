/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unified diff of two texts by diff(1), for people to read. */
#ifndef LIB_BASE_DIFF_H
#define LIB_BASE_DIFF_H

struct err;

/*
 * The diff in *ret, with three lines of context; the caller frees.  NULL as old or new: the file
 * does not exist.  Equal texts give "".  Control characters but tabs become '?' before diff(1) gets
 * the texts: they come from a container, and the reader's terminal obeys what it is sent.
 * -ETIMEDOUT: diff(1) did not end in time.
 */
int diff_unified(const char *path, const char *old, const char *new, char **ret, struct err *e);

#endif
