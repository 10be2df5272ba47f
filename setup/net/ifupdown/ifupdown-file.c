/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/ifupdown/ifupdown-file.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"
#include "setup/text-section.h"

static bool is_keyword(const char *word)
{
	static const char *const words[] = { "iface", "auto", "mapping", "source", "template",
					     "rename", "source-directory", "source-dir",
					     "no-auto-down", "no-scripts" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(word, words[i]))
			return true;
	return str_after(word, "allow-");
}

static enum line_kind classify(const char *raw)
{
	const char *at = raw + strspn(raw, " \t\r");

	if (section_is_begin(at))
		return LINE_BEGIN;
	if (section_is_end(at))
		return LINE_END;
	if (*at == '#')
		return LINE_COMMENT;
	return *at ? LINE_OPTION : LINE_BLANK;
}

/* The words of a line, including its continuations. */
static char **split_words(const char *raw)
{
	autofree char *joined = xstrdup(raw);

	for (char *c = joined; *c; c++)
		if (c[0] == '\\' && c[1] == '\n')
			c[0] = c[1] = ' ';
	return strv_split(joined, " \t\r\n");
}

/* A backslash at the end of a comment does not continue it. */
static size_t logical_length(const char *text, enum line_kind kind)
{
	size_t len = strcspn(text, "\n");

	while (kind == LINE_OPTION && len && text[len] == '\n' && text[len - 1] == '\\' &&
	       text[len + 1])
		len += 1 + strcspn(text + len + 1, "\n");
	return len;
}

bool interfaces_is_huge(const char *text)
{
	for (size_t n = 0; n < INTERFACES_MAX && *text; n++) {
		text += strspn(text, " \t\r");
		text += *text == '\n' ? 1 : strcspn(text, " \t\r\n");
	}
	return *text;
}

void interfaces_read(struct interfaces_file *f, const char *text)
{
	while (*text) {
		autofree char *first = xstrndup(text, strcspn(text, "\n"));
		struct interfaces_line line = { .kind = classify(first) };
		size_t len = logical_length(text, line.kind);

		line.raw = xstrndup(text, len);
		text += len + (text[len] == '\n');
		if (line.kind == LINE_OPTION && !*text && str_ends_with(line.raw, "\\")) {
			/* A backslash at the end of the file would join lines added by pct. */
			while (len && line.raw[len - 1] == '\\')
				line.raw[--len] = '\0';
			line.kind = classify(line.raw);
		}
		if (line.kind == LINE_OPTION) {
			line.words = split_words(line.raw);
			if (line.words[0] && is_keyword(line.words[0]))
				line.kind = LINE_KEYWORD;
		}
		f->line = xrealloc(f->line, f->n + 1, sizeof *f->line);
		f->line[f->n++] = line;
	}
}

void interfaces_free(struct interfaces_file *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->line[i].raw);
		strv_free(f->line[i].words);
	}
	free(f->line);
}

bool interfaces_is_iface(const struct interfaces_line *line)
{
	return line->kind == LINE_KEYWORD && str_eq(line->words[0], "iface") &&
	       strv_len(line->words) >= 4 &&
	       (str_eq(line->words[2], "inet") || str_eq(line->words[2], "inet6"));
}

size_t interfaces_stanza_last(const struct interfaces_file *f, size_t i)
{
	size_t last = i, k;

	for (k = i + 1; k < f->n && f->line[k].kind != LINE_KEYWORD; k++)
		if (f->line[k].kind >= LINE_BEGIN)
			last = k;
	for (k = last + 1; k < f->n && f->line[k].kind == LINE_COMMENT; k++)
		;
	if (k < f->n && f->line[k].kind == LINE_KEYWORD)
		while (k > last + 1 && f->line[k - 1].raw[0] == '#')
			k--;
	return k - 1;
}

char *interfaces_stanza_text(const struct interfaces_file *f, size_t first)
{
	struct buf b = BUF_INIT;

	for (size_t i = first, last = interfaces_stanza_last(f, first); i <= last; i++) {
		if (i > first)
			buf_addc(&b, '\n');
		buf_add(&b, f->line[i].raw);
	}
	return buf_detach(&b);
}
