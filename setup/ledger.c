/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"

#define HEX "0123456789abcdef"
#define STEP_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-."
#define HASH_DIGITS 16

bool ledger_path_is_fine(const char *path)
{
	for (const char *at = path; *at; at += strcspn(at, "/")) {
		size_t len;

		if (*at++ != '/')
			return false;
		len = strcspn(at, "/");
		if (!len || (len <= 2 && strspn(at, ".") == len))
			return false;
	}
	return *path && !strchr(path, ' ') && !has_control(path);
}

static bool parse_hash(const char *word, uint64_t *ret)
{
	if (strlen(word) != HASH_DIGITS || strspn(word, HEX) != HASH_DIGITS)
		return false;
	*ret = strtoull(word, NULL, 16);
	return true;
}

static void add(struct ledger *l, const char *step, const char *path, const char *part,
		uint64_t hash, bool seen)
{
	l->entry = xrealloc(l->entry, l->n + 1, sizeof *l->entry);
	l->entry[l->n++] = (struct ledger_entry){ xstrdup(step), xstrdup(path), xstrdup(part), hash,
						  seen };
}

/* The word at *at.  Moves *at behind the blank after it, or to the end. */
static char *take_word(const char **at)
{
	size_t len = strcspn(*at, " ");
	char *word = xstrndup(*at, len);

	*at += len + ((*at)[len] == ' ');
	return word;
}

static void parse_line(struct ledger *l, const char *line)
{
	const char *at = line;
	autofree char *step = take_word(&at), *digits = take_word(&at), *path = take_word(&at);
	const char *part = *at ? at : NULL;
	uint64_t hash;

	if (strlen(line) > LEDGER_MAX_LINE || has_control(line) || !*step ||
	    step[strspn(step, STEP_CHARS)] || !parse_hash(digits, &hash) ||
	    !ledger_path_is_fine(path) || ledger_find(l, path, part))
		return;
	add(l, step, path, part, hash, false);
}

struct ledger *ledger_parse(const char *text)
{
	struct ledger *l = xcalloc(1, sizeof *l);

	while (text && *text && l->n < LEDGER_MAX_ENTRIES) {
		size_t len = strcspn(text, "\n");
		autofree char *line = xstrndup(text, len);

		parse_line(l, line);
		text += len + (text[len] == '\n');
	}
	return l;
}

static void free_entry(struct ledger_entry *entry)
{
	free(entry->step);
	free(entry->path);
	free(entry->part);
}

void ledger_free(struct ledger *l)
{
	for (size_t i = 0; l && i < l->n; i++)
		free_entry(&l->entry[i]);
	if (l)
		free(l->entry);
	free(l);
}

static int compare(const void *a, const void *b)
{
	const struct ledger_entry *one = a, *two = b;
	int n = strcmp(one->path, two->path);

	return n ? n : strcmp(one->part ? one->part : "", two->part ? two->part : "");
}

char *ledger_text(const struct ledger *l)
{
	struct ledger_entry *sorted = xcalloc(l->n + 1, sizeof *sorted);
	struct buf b = BUF_INIT;

	if (l->n) {
		buf_add(&b, "# What pct wrote into this container: step, hash, path.\n");
		memcpy(sorted, l->entry, l->n * sizeof *sorted);
	}
	qsort(sorted, l->n, sizeof *sorted, compare);
	for (size_t i = 0; i < l->n; i++)
		buf_addf(&b, "%s %016" PRIx64 " %s%s%s\n", sorted[i].step, sorted[i].hash,
			 sorted[i].path, sorted[i].part ? " " : "",
			 sorted[i].part ? sorted[i].part : "");
	free(sorted);
	return buf_detach(&b);
}

struct ledger_entry *ledger_find(const struct ledger *l, const char *path, const char *part)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->entry[i].path, path) && str_eq(l->entry[i].part, part))
			return &l->entry[i];
	return NULL;
}

void ledger_set(struct ledger *l, const char *step, const char *path, const char *part,
		uint64_t hash)
{
	struct ledger_entry *entry = ledger_find(l, path, part);

	if (!entry) {
		add(l, step, path, part, hash, true);
		return;
	}
	free(entry->step);
	entry->step = xstrdup(step);
	entry->hash = hash;
	entry->seen = true;
}

void ledger_drop(struct ledger *l, size_t i)
{
	free_entry(&l->entry[i]);
	memmove(&l->entry[i], &l->entry[i + 1], (l->n - i - 1) * sizeof *l->entry);
	l->n--;
}
