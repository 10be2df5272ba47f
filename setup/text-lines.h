/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Editing a text line by line: inittab, securetty, /etc/sysconfig/network. */
#ifndef SETUP_TEXT_LINES_H
#define SETUP_TEXT_LINES_H

#include <stdbool.h>

/*
 * The text with every line, given without its newline, through edit(): what that returns is freed
 * here, NULL drops the line.  A last line without a newline gets one.  The caller frees.
 */
char *lines_edit(const char *text, char *(*edit)(const char *line, void *arg), void *arg);

/* True when a line of text begins with prefix; text NULL: no. */
bool lines_have(const char *text, const char *prefix);

/*
 * A shell assignment: the first line "KEY=..." becomes "KEY=value", without one it is appended.
 * A comment is no assignment, and only the first one changes.  The caller frees.
 */
char *lines_assign(const char *text, const char *key, const char *value);

#endif
