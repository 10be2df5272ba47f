/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits a text line by line: inittab, securetty, /etc/sysconfig/network. */
#ifndef SETUP_TEXT_LINES_H
#define SETUP_TEXT_LINES_H

#include <stdbool.h>

/*
 * Returns text with each line replaced by edit(line), which gets the line without its newline.  It
 * returns an allocated string, which lines_edit() frees, or NULL to drop the line.  A last line
 * without a newline gets one.  The caller frees.
 */
char *lines_edit(const char *text, char *(*edit)(const char *line, void *arg), void *arg);

/* Whether a line of text begins with prefix.  False for text NULL. */
bool lines_have(const char *text, const char *prefix);

/*
 * Returns text with a shell assignment set: the first line "KEY=..." becomes "KEY=value"; if there
 * is none, the assignment is appended.  Comments and further assignments stay.  The caller frees.
 */
char *lines_assign(const char *text, const char *key, const char *value);

#endif
