/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses /etc/network/interfaces, interfaces(5), to lines and stanzas. */
#ifndef SETUP_NET_IFUPDOWN_IFUPDOWN_FILE_H
#define SETUP_NET_IFUPDOWN_IFUPDOWN_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum line_kind {
	LINE_BLANK,
	LINE_COMMENT,
	LINE_BEGIN,   /* marker of pct's section */
	LINE_END,
	LINE_KEYWORD, /* begins a stanza, and ends the stanza before */
	LINE_OPTION,
};

/* A line, including its continuations after a backslash. */
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

/* Whether text has more than INTERFACES_MAX words and lines.  Such a file is not parsed. */
bool interfaces_is_huge(const char *text);

void interfaces_read(struct interfaces_file *f, const char *text);
void interfaces_free(struct interfaces_file *f);

/* Whether the line is "iface NAME inet|inet6 METHOD ...". */
bool interfaces_is_iface(const struct interfaces_line *line);

/* The last line of the stanza that begins at i.  Comments before the next stanza belong to the next
 * stanza. */
size_t interfaces_stanza_last(const struct interfaces_file *f, size_t i);

/* The text of the stanza, without the last line feed; the caller frees. */
char *interfaces_stanza_text(const struct interfaces_file *f, size_t first);

#endif
