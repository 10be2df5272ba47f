/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/text-section.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"

static bool is_marker(const char *line, const char *word)
{
	if (*line++ != '#')
		return false;
	line += strspn(line, " \t");
	if (strncmp(line, "---", 3) != 0)
		return false;
	line += 3;
	line += strspn(line, " \t");
	if (strncasecmp(line, word, strlen(word)) != 0)
		return false;
	line += strlen(word);
	line += strspn(line, " \t");
	return strncmp(line, "PVE", 3) == 0;
}

bool section_is_begin(const char *line)
{
	return is_marker(line, "BEGIN");
}

bool section_is_end(const char *line)
{
	return is_marker(line, "END");
}

/* All lines of a text, also empty ones.  *ret_newline: the last one has a newline. */
static char **split_lines(const char *text, bool *ret_newline)
{
	size_t n = 1, i = 0;
	char **lines;

	for (const char *s = text; *s; s++)
		n += *s == '\n';
	lines = xcalloc(n + 1, sizeof *lines);
	while (*text) {
		size_t len = strcspn(text, "\n");

		lines[i++] = xstrndup(text, len);
		text += len;
		*ret_newline = *text == '\n';
		text += *text == '\n';
	}
	return lines;
}

/* Index of the END of the BEGIN at i, or i if there is none. */
static size_t find_end(char **lines, size_t i)
{
	for (size_t j = i + 1; lines[j]; j++) {
		if (section_is_end(lines[j]))
			return j;
		if (section_is_begin(lines[j]))
			break;
	}
	return i;
}

/* Marks lines to remove: sections, single markers, and lines of body next to single markers. */
static bool mark(char **lines, char **ours, bool *gone, size_t *ret_at)
{
	bool found = false;

	for (size_t i = 0; lines[i]; i++) {
		bool begin = section_is_begin(lines[i]);
		size_t first = i, last;

		if (gone[i] || (!begin && !section_is_end(lines[i])))
			continue;
		last = begin ? find_end(lines, i) : i;
		if (begin && last == i)
			while (lines[last + 1] && strv_has(ours, lines[last + 1]))
				last++;
		while (!begin && first > 0 && !gone[first - 1] && strv_has(ours, lines[first - 1]))
			first--;
		if (!found)
			*ret_at = first;
		found = true;
		for (size_t j = first; j <= last; j++)
			gone[j] = true;
	}
	return found;
}

static void add_section(struct buf *b, const char *body)
{
	if (!*body)
		return;
	buf_addf(b, "%s\n%s%s%s\n", SECTION_BEGIN, body, str_ends_with(body, "\n") ? "" : "\n",
		 SECTION_END);
}

/* Adds the old text, unless empty, with one line feed at its end. */
static void add_trimmed(struct buf *b, const char *old)
{
	size_t len = strlen(old);

	while (len && old[len - 1] == '\n')
		len--;
	buf_addn(b, old, len);
	if (len)
		buf_addc(b, '\n');
}

char *section_set(const char *old, const char *body, enum section_place place)
{
	bool newline = true;
	autostrv char **lines = split_lines(old ? old : "", &newline);
	autostrv char **ours = strv_split(body, "\n");
	autofree bool *gone = xcalloc(strv_len(lines) + 1, sizeof *gone);
	struct buf b = BUF_INIT;
	size_t at = 0;

	buf_clear(&b);
	if (!mark(lines, ours, gone, &at)) {
		if (!*body)
			buf_add(&b, old ? old : "");
		else if (place == SECTION_APPEND)
			add_trimmed(&b, old ? old : "");
		add_section(&b, body);
		return buf_detach(&b);
	}
	for (size_t i = 0; lines[i]; i++) {
		if (i == at)
			add_section(&b, body);
		if (!gone[i])
			buf_addf(&b, "%s%s", lines[i], lines[i + 1] || newline ? "\n" : "");
	}
	return buf_detach(&b);
}

char *section_strip(const char *old)
{
	return section_set(old, "", SECTION_APPEND);
}
