/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unified diff of two small texts, for people to read. */
#ifndef LIB_DIFF_H
#define LIB_DIFF_H

/*
 * The diff, with three lines of context; the caller frees.  NULL as old or new: the file does not
 * exist.  Equal texts give "".  Control characters but tabs are shown as '?': the texts come from a
 * container, and the reader's terminal obeys what it is sent.
 */
char *diff_unified(const char *path, const char *old, const char *new);

#endif
