/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines and stanzas of /etc/network/interfaces, interfaces(5). */
#ifndef SETUP_NET_IFUPDOWN_FILE_H
#define SETUP_NET_IFUPDOWN_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum line_kind {
	LINE_BLANK,
	LINE_COMMENT,
	LINE_BEGIN,   /* marker of ours */
	LINE_END,
	LINE_KEYWORD, /* begins a stanza, and ends the one before */
	LINE_OPTION,
};

/* A line, with those that a backslash joins to it. */
struct interfaces_line {
	enum line_kind kind;
	char *raw;    /* without the last line feed */
	char **words; /* of keywords and options */
};

struct interfaces_file {
	struct interfaces_line *line;
	size_t n;
};

#define INTERFACES_MAX 20000

/* True for a text of more than INTERFACES_MAX words and lines, which no machine has: not read. */
bool interfaces_is_huge(const char *text);

void interfaces_read(struct interfaces_file *f, const char *text);
void interfaces_free(struct interfaces_file *f);

/* True for "iface NAME inet|inet6 METHOD ...". */
bool interfaces_is_iface(const struct interfaces_line *line);

/* The last line of the stanza that begins at i; comments before the next stanza belong to that. */
size_t interfaces_stanza_last(const struct interfaces_file *f, size_t i);

/* Its text, without the last line feed; the caller frees. */
char *interfaces_stanza_text(const struct interfaces_file *f, size_t first);

#endif
