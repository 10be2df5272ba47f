/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parses the format of Proxmox VE 4 and later: "KEY: VALUE" lines, raw "lxc.KEY: VALUE" lines, '#'
 * lines with the description, [pve:pending], and a section for each snapshot.  This file splits
 * lines into sections; pve-key.c converts a section to the format of 2015.
 */
#include "lib/conf/pve.h"

#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

#define MAX_LINES 16384 /* a usual config has a few dozen for each snapshot */

struct reader {
	struct pve_section *sections;
	size_t n_sections;
	void *names; /* names of sections, a tree of struct known */
	struct conf_findings *out;
};

/* A name and its first position; kept in a tree, since there may be thousands. */
struct known {
	char *name;
	size_t at;
};

static int compare_known(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->name, ((const struct known *)b)->name);
}

static void known_free(void *p)
{
	free(((struct known *)p)->name);
	free(p);
}

/* NULL: not in the tree. */
static const struct known *known_find(void **tree, const char *name)
{
	const struct known key = { .name = (char *)name };
	struct known *const *found = tfind(&key, tree, compare_known);

	return found ? *found : NULL;
}

/* Returns the existing entry; NULL: the name was new and is added. */
static const struct known *known_add(void **tree, const char *name, size_t at)
{
	const struct known *old = known_find(tree, name);
	struct known *new;

	if (old)
		return old;
	new = xcalloc(1, sizeof *new);
	*new = (struct known){ xstrdup(name), at };
	if (!tsearch(new, tree, compare_known))
		abort();
	return NULL;
}

static void section_done(struct pve_section *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].key);
		free(s->v[i].value);
	}
	free(s->v);
	free(s->name);
	buf_done(&s->description);
}

static void section_add(struct reader *r, const char *name, unsigned line)
{
	size_t size = r->n_sections + 1;

	r->sections = xrealloc(r->sections, size, sizeof *r->sections);
	r->sections[r->n_sections++] = (struct pve_section){ .name = xstrdup(name), .line = line };
}

static void entry_add(struct pve_section *s, unsigned line, char *key, char *value)
{
	s->v = array_grow(s->v, s->n, sizeof *s->v);
	s->v[s->n++] = (struct pve_entry){ .line = line, .key = key, .value = value };
}

/* [NAME].  The main section is the first, without a name. */
static void take_section(struct reader *r, const char *text, unsigned line)
{
	size_t n = strcspn(text + 1, "]");
	autofree char *name = xstrndup(text + 1, n), *lower = xstrndup(text + 1, n);

	for (char *at = lower; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	for (char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("_-", *at) &&
		    strcasecmp(name, PVE_PENDING) != 0)
			n = 0;
	if (n < 2 || !isalpha((unsigned char)*name) || !str_eq(text + 1 + n, "]")) {
		conf_findings_add(r->out, line, true, NULL, "is not a section: \"%.60s\"", text);
		name[0] = '\0';
	}
	if (*name && known_add(&r->names, lower, r->n_sections))
		conf_findings_add(r->out, line, true, name, "section is given twice");
	section_add(r, name, line);
}

static void take_description(struct reader *r, struct pve_section *s, const char *text,
			     unsigned line)
{
	autofree char *decoded = xstrdup(text);

	if (!conf_text_decode(text, decoded))
		conf_findings_add(r->out, line, true, "description", "encodes a NUL byte");
	s->description_line = s->description_line ? s->description_line : line;
	buf_add(&s->description, decoded);
}

/* KEY: VALUE; a raw key may also use '='. */
static void take_key(struct reader *r, struct pve_section *s, const char *text, unsigned line)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	bool raw = str_after(text, "lxc.");
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
	autofree char *key = xstrndup(text, n);
	const char *at = text + n + strspn(text + n, " \t");
	uint32_t control;

	/* Raw keys may have blanks before the separator. */
	if (n == 0 || (raw ? *at != ':' && *at != '=' : text[n] != ':') ||
	    (!raw && letters + strspn(text + letters, "0123456789") != n)) {
		conf_findings_add(r->out, line, true, NULL, "is not KEY: VALUE: \"%.60s\"", text);
		return;
	}
	at++;
	at += strspn(at, " \t");
	/* liblxc accepts tabs as blanks. */
	control = utf8_control(at, strlen(at), raw ? "\t" : "");
	if (control)
		conf_findings_add(r->out, line, true, key, CONF_CONTROL("%.60s"), at, control);
	else if (str_eq(key, "description"))
		take_description(r, s, at, line);
	else if (!*at && !raw)
		conf_findings_add(r->out, line, true, key, "has no value");
	else
		entry_add(s, line, steal(&key), xstrdup(at));
}

static void take_line(struct reader *r, char *text, unsigned line)
{
	struct pve_section *s = &r->sections[r->n_sections - 1];
	size_t n = strlen(text);

	while (n && strchr(" \t\r", text[n - 1]))
		text[--n] = '\0';
	text += strspn(text, " \t");
	/* Notes and liblxc accept tabs as blanks. */
	for (const char *at = text; *at; at++)
		if (*at != '\t' && ((unsigned char)*at < 0x20 || *at == 0x7f)) {
			conf_findings_add(r->out, line, true, NULL,
					  "control character in \"%.60s\"", text);
			return;
		}
	if (*text == '#') {
		take_description(r, s, text + 1, line);
		buf_addc(&s->description, '\n');
	} else if (*text == '[') {
		take_section(r, text, line);
	} else if (*text) {
		take_key(r, s, text, line);
	}
}

/* Report duplicate keys, except raw ones, and use only the first.  Collects the section's keys. */
static void find_twice(struct reader *r, struct pve_section *s, void **keys)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct known *first = known_add(keys, s->v[i].key, i);

		if (!first || str_after(s->v[i].key, "lxc."))
			continue;
		s->v[i].deleted = true;
		conf_findings_add(r->out, s->v[i].line, true, s->v[i].key,
				  "given twice, first in line %u", s->v[first->at].line);
	}
}

static bool has_entry(const struct pve_section *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].key, key) && !s->v[i].deleted)
			return true;
	return false;
}

static bool is_first(char **keys, char **key)
{
	while (!str_eq(*keys, *key))
		keys++;
	return keys == key;
}

static void delete_keys(struct reader *r, const struct pve_section *pending, void **known,
			const struct pve_entry *list, struct buf *lines)
{
	struct pve_section *main = &r->sections[0];
	autostrv char **keys = strv_split(list->value, ", ;!");

	for (char **key = keys; *key; key++) {
		const struct known *old = known_find(known, *key);

		if (str_eq(*key, "description"))
			buf_clear(&main->description);
		else if (!old)
			conf_findings_add(r->out, list->line, false, *key,
				      "is marked for deletion but is not set");
		else if (!conf_can_be_pending(*key))
			main->v[old->at].deleted = true;
		else if (!has_entry(pending, *key) && is_first(keys, key))
			buf_addf(lines, "pending.delete = %s\n", *key);
	}
}

/*
 * Add a pending line for each change of an option that a running container may have to wait for.
 * The others are made: they have no effect on a running container, or none at all.
 */
static void take_pending(struct reader *r, struct pve_section *pending, void **known,
			 struct buf *lines)
{
	struct pve_section *main = &r->sections[0];

	for (size_t i = 0; i < pending->n; i++) {
		struct pve_entry *from = &pending->v[i];
		const struct known *old;

		if (from->deleted)
			continue;
		if (str_eq(from->key, "delete")) {
			delete_keys(r, pending, known, from, lines);
			continue;
		}
		if (conf_can_be_pending(from->key)) {
			autofree char *value = conf_pve_value(from->key, from->value, false);

			buf_addf(lines, "pending.%s = %s\n", from->key, value);
			continue;
		}
		old = known_add(known, from->key, main->n);
		if (old && !str_after(from->key, "lxc."))
			main->v[old->at].deleted = true;
		entry_add(main, from->line, steal(&from->key), steal(&from->value));
	}
	if (pending->description.len) {
		buf_clear(&main->description);
		buf_add(&main->description, pending->description.s);
	}
}

static void read_sections(struct reader *r, const char *given, size_t len)
{
	autofree char *text = xstrndup(given, len);
	unsigned line = 0;

	section_add(r, NULL, 0);
	for (char *at = text, *next; at; at = next) {
		next = strchr(at, '\n');
		if (next)
			*next++ = '\0';
		if (++line > MAX_LINES) {
			conf_findings_add(r->out, line, true, NULL,
					  "the file has more than %d lines", MAX_LINES);
			return;
		}
		take_line(r, at, line);
	}
}

/* Snapshots become sections of the same file whose keys have the prefix "snap.". */
static void add_snapshot(struct buf *out, const struct pve_section *s, unsigned ctid,
			 struct conf_findings *to)
{
	struct conf_file *f = conf_pve_convert(s, ctid, to);

	buf_addf(out, "\nsnap.pve.snapname = %s\n", s->name);
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];

		/*
		 * Skip a snapshot's own keys, such as its time: they are not settings of the
		 * container.
		 */
		if (line->spelt)
			buf_addf(out, "snap.%s = %s\n", str_eq(line->name, "pve.comment") ?
				 "pve.snapcomment" : line->spelt, line->value);
	}
	conf_free(f);
}

static struct conf_file *convert(struct reader *r, const char *name, unsigned ctid)
{
	struct pve_section *pending = NULL;
	void *known = NULL; /* keys of the main section */
	struct conf_file *f;
	autobuf text = BUF_INIT, lines = BUF_INIT;
	struct err e;
	size_t len;

	find_twice(r, &r->sections[0], &known);
	for (size_t i = 1; i < r->n_sections; i++) {
		void *keys = NULL;

		find_twice(r, &r->sections[i], &keys);
		tdestroy(keys, known_free);
		if (strcasecmp(r->sections[i].name, PVE_PENDING) == 0)
			pending = &r->sections[i];
	}
	if (pending)
		take_pending(r, pending, &known, &lines);
	tdestroy(known, known_free);
	f = conf_pve_convert(&r->sections[0], ctid, r->out);
	free(f->name);
	/* Its line numbers differ from the original's. */
	f->name = str_ends_with(name, CONF_CONVERTED) ? xstrdup(name) :
							xasprintf("%s" CONF_CONVERTED, name);
	buf_addn(&text, f->text, f->len);
	buf_add(&text, buf_str(&lines));
	for (size_t i = 1; i < r->n_sections; i++)
		if (&r->sections[i] != pending && *r->sections[i].name)
			add_snapshot(&text, &r->sections[i], ctid, r->out);
	len = text.len;
	if (conf_replace_text(f, buf_detach(&text), len, &e) < 0)
		conf_findings_add(r->out, 0, true, NULL, "%s", e.cause);
	return f;
}

struct conf_file *conf_pve_read(const char *text, size_t len, const char *name, unsigned ctid,
				bool power, struct conf_findings *to)
{
	struct reader r = { .out = to };
	struct conf_file *f;

	read_sections(&r, text, len);
	f = convert(&r, name, ctid);
	f->original = xstrndup(text, len);
	f->values.is_pve = true;
	if (power)
		conf_findings_of_pve_power(f, r.sections, r.n_sections, to);
	for (size_t i = 0; i < r.n_sections; i++)
		section_done(&r.sections[i]);
	free(r.sections);
	tdestroy(r.names, known_free);
	return f;
}

bool conf_pve_is(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));

		eol = eol ? eol : end;
		while (text < eol && strchr(" \t\r", *text))
			text++;
		if (text < eol && *text != '#')
			break;
		text = eol + (eol < end);
	}
	if (text == end || *text == '[')
		return text < end;
	while (text < end && (isalnum((unsigned char)*text) || strchr("._-", *text)))
		text++;
	while (text < end && strchr(" \t", *text))
		text++;
	return text < end && *text == ':';
}
