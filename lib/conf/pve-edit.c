/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits a config in Proxmox VE's format, which keeps its format: only the lines of the changed
 * option are rewritten.  After each edit the new text is converted like a file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/pve.h"

/* The lines of a section, without its heading. */
struct span {
	size_t from, to;
};

static const char *next_line(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

static const char *eol_of(const char *text)
{
	size_t n = strcspn(text, "\n");

	return n && text[n] && text[n - 1] == '\r' ? "\r\n" : "\n";
}

static const char *word_of(const char *line)
{
	return line + strspn(line, " \t");
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r");
	return !*line || *line == '\n';
}

/* A line of the key; the description is in comments. */
static bool is_of(const char *line, const char *key)
{
	const char *rest = str_after(word_of(line), key);

	if (*word_of(line) == '#')
		return str_eq(key, "description");
	return rest && *rest && strchr(" \t:=", *rest);
}

/* The main section. */
static struct span main_section(const char *text)
{
	const char *at = text;

	while (*at && *word_of(at) != '[')
		at = next_line(at);
	return (struct span){ 0, (size_t)(at - text) };
}

/* *ret_heading is where the heading of [pve:pending] begins. */
static bool find_pending(const char *text, struct span *ret, size_t *ret_heading)
{
	const char *at = text, *end;

	while (*at && strncasecmp(word_of(at), "[" PVE_PENDING "]", sizeof PVE_PENDING + 1) != 0)
		at = next_line(at);
	if (!*at)
		return false;
	*ret_heading = (size_t)(at - text);
	at = next_line(at);
	for (end = at; *end && *word_of(end) != '[';)
		end = next_line(end);
	*ret = (struct span){ (size_t)(at - text), (size_t)(end - text) };
	return true;
}

/* The key of a line, for which is_of() is true.  The caller frees. */
static char *key_of(const char *line)
{
	line = word_of(line);
	return *line == '#' ? xstrdup("description") : xstrndup(line, strcspn(line, " \t:=\n"));
}

static void add_lines(struct buf *out, const char *text, const char *lines)
{
	if (*lines && out->len && out->s[out->len - 1] != '\n')
		buf_add(out, eol_of(text));
	buf_add(out, lines);
}

/* The lines that a key gets in a section; may be "". */
struct edit {
	char *key, *lines;
	bool replaces; /* the section has lines of the key */
	bool done;
	size_t order;
};

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct edit *)a)->key, ((const struct edit *)b)->key);
}

static int compare_edits(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;
	int r = compare_keys(x, y);

	return r ? r : (x->order > y->order) - (x->order < y->order);
}

struct edits {
	struct edit *v; /* sorted by key, each of which is there once */
	size_t n, next; /* next: the first that may not have been added yet */
};

static struct edit *find_edit(const struct edits *edits, const char *line)
{
	autofree char *key = key_of(line);
	struct edit wanted = { .key = key };

	if (!is_of(line, key))
		return NULL;
	return bsearch(&wanted, edits->v, edits->n, sizeof *edits->v, compare_keys);
}

/* Add new keys that are sorted before a key; NULL: all, raw keys last. */
static void add_before(struct edits *edits, struct buf *out, const char *text, const char *key)
{
	for (; edits->next < edits->n; edits->next++) {
		struct edit *edit = &edits->v[edits->next];

		if (edit->replaces || edit->done || str_after(edit->key, "lxc."))
			continue;
		if (key && !str_after(key, "lxc.") && strcmp(edit->key, key) > 0)
			return;
		add_lines(out, text, edit->lines);
		edit->done = true;
	}
	for (size_t i = 0; !key && i < edits->n; i++)
		if (!edits->v[i].replaces && !edits->v[i].done)
			add_lines(out, text, edits->v[i].lines);
}

/* Find the keys that the section has, and the end of its last line that is not blank. */
static const char *mark_replaced(const struct edits *edits, const char *text, struct span s)
{
	const char *end = text + s.from;

	for (const char *at = text + s.from; at < text + s.to; at = next_line(at)) {
		struct edit *edit = find_edit(edits, at);

		if (edit)
			edit->replaces = true;
		if (!is_blank(at))
			end = next_line(at);
	}
	return end;
}

/*
 * Replace the lines of keys in a section.  Lines of a new key go where Proxmox VE sorts them: the
 * description first, raw keys last.  One pass for all keys: a hostile file may have thousands.
 */
static void put_all(char **text, struct span s, struct edits *edits)
{
	const char *end = mark_replaced(edits, *text, s), *at = *text + s.from;
	autobuf out = BUF_INIT;

	buf_addn(&out, *text, s.from);
	for (size_t i = 0; i < edits->n; i++)
		if (str_eq(edits->v[i].key, "description") && !edits->v[i].replaces) {
			add_lines(&out, *text, edits->v[i].lines);
			edits->v[i].done = true;
		}
	for (const char *next; at < *text + s.to; at = next) {
		autofree char *key = key_of(at);
		struct edit *edit = find_edit(edits, at);

		next = next_line(at);
		if (at == end)
			add_before(edits, &out, *text, NULL);
		if (!is_blank(at) && *word_of(at) != '#')
			add_before(edits, &out, *text, key);
		if (!edit) {
			buf_addn(&out, at, (size_t)(next - at));
		} else if (!edit->done) {
			add_lines(&out, *text, edit->lines);
			edit->done = true;
		}
	}
	if (at == end)
		add_before(edits, &out, *text, NULL);
	buf_add(&out, *text + s.to);
	free(*text);
	*text = buf_detach(&out);
}

/* Replace the lines of a key in a section; lines may be "". */
static void put(char **text, struct span s, const char *key, const char *lines)
{
	struct edit edit = { .key = (char *)key, .lines = (char *)lines };

	put_all(text, s, &(struct edits){ .v = &edit, .n = 1 });
}

/* ---- the main section ---- */

char *conf_pve_value(const char *option, const char *value, bool to_pve)
{
	uint64_t n;

	/* A weight of cgroup v2, whose default is 100; ours is one of v1, whose default is 1024. */
	if (!str_eq(option, "cpuunits") || !parse_uint(value, 0, 500000, &n))
		return xstrdup(value);
	n = to_pve ? (n * 100 + 512) / 1024 : n * 1024 / 100;
	return xasprintf("%llu", (unsigned long long)(n ? n : 1));
}

static char *description_lines(const char *value, const char *eol)
{
	autobuf out = BUF_INIT;

	for (const char *at = value, *next; at; at = next) {
		size_t n = strcspn(at, "\n");
		autofree char *line = xstrndup(at, n), *encoded = NULL;

		conf_type_text.encode(line, &encoded, NULL);
		buf_addf(&out, "#%s%s", encoded, eol);
		next = at[n] ? at + n + 1 : NULL;
	}
	return buf_detach(&out);
}

static char *lines_of(const struct conf_option *o, const char *option, const char *value,
		      const char *eol)
{
	autostrv char **maps = NULL;
	autofree char *stored = NULL;
	autobuf out = BUF_INIT;

	if (o->type == &conf_type_text)
		return description_lines(value, eol);
	if (o->flags & CONF_OPT_LINES) {
		maps = strv_split(value, ";");
		for (char **map = maps; *map; map++)
			buf_addf(&out, "%s: %s%s", o->key, *map + strspn(*map, " "), eol);
		return xstrdup(buf_str(&out));
	}
	stored = conf_pve_value(option, value, true);
	return xasprintf("%s: %s%s", option, stored, eol);
}

static struct conf_file *read_again(const struct conf_file *f, const char *text, struct err *e)
{
	struct conf_file *next = NULL;

	if (!conf_pve_is(text, strlen(text)))
		err_set(e, EINVAL, f->name, "would be empty");
	else if (conf_parse(text, strlen(text), f->name, f->ctid, &next, e) == 0)
		next->pending_swap = f->pending_swap;
	return next;
}

static void replace(struct conf_file *f, struct conf_file *next)
{
	struct conf_file old = *f;

	*f = *next;
	f->unmerged = old.unmerged;
	old.unmerged = NULL;
	*next = old;
	conf_free(next);
}

int conf_pve_put(struct conf_file *f, const struct conf_option *o, const char *option,
		 const char *value, struct err *e)
{
	const char *eol = eol_of(f->original), *key = option;
	autofree char *wanted = conf_get(f, option), *now = NULL, *text = xstrdup(f->original);
	autofree char *lines = NULL;
	struct conf_file *next;

	if (o->type == &conf_type_text)
		value = f->values.description;
	else if (wanted || o->flags & CONF_OPT_LINES)
		value = wanted;
	if (value)
		lines = lines_of(o, option, value, eol);
	if (o->flags & CONF_OPT_LINES) {
		put(&text, main_section(text), option, "");
		put(&text, main_section(text), "lxc.id_map", "");
		key = o->key;
	}
	put(&text, main_section(text), key, lines ? lines : "");
	next = read_again(f, text, e);
	if (!next)
		return err_code(e);
	now = conf_get(next, option);
	if (value && !str_eq(now, wanted) && !str_eq(option, "cpuunits")) {
		conf_free(next);
		err_set(e, EEXIST, option, "another line of the config sets it: \"%s\"",
			now ? now : "");
		return err_remedy(e, "remove the lxc.* line from the config");
	}
	replace(f, next);
	return 0;
}

/* ---- pending changes ---- */

static struct span pending_section(char **text)
{
	const char *eol = eol_of(*text);
	struct span s, before = main_section(*text);
	autobuf out = BUF_INIT;
	size_t heading;

	if (find_pending(*text, &s, &heading))
		return s;
	buf_addn(&out, *text, before.to);
	if (!(*text)[before.to])
		add_lines(&out, *text, eol);
	buf_addf(&out, "[" PVE_PENDING "]%s", eol);
	if ((*text)[before.to])
		buf_add(&out, eol);
	buf_add(&out, *text + before.to);
	free(*text);
	*text = buf_detach(&out);
	find_pending(*text, &s, &heading);
	return s;
}

static void remove_pending(char **text)
{
	struct span s;
	size_t heading;
	autobuf out = BUF_INIT;

	if (!find_pending(*text, &s, &heading))
		return;
	/* The blank line above the last section. */
	if (!(*text)[s.to] && heading > 1 && (*text)[heading - 2] == '\n')
		heading--;
	buf_addn(&out, *text, heading);
	buf_add(&out, *text + s.to);
	buf_str(&out);
	free(*text);
	*text = buf_detach(&out);
}

/* The value of the section's line; NULL: it has none. */
static char *value_of(const char *text, struct span s, const char *key)
{
	for (const char *at = text + s.from; at < text + s.to; at = next_line(at))
		if (is_of(at, key)) {
			const char *value = word_of(at) + strlen(key);
			size_t n, blanks;

			value += strspn(value, " \t");
			value += *value == ':' || *value == '=';
			n = strcspn(value, "\r\n");
			blanks = strspn(value, " \t");
			return blanks < n ? xstrndup(value + blanks, n - blanks) : xstrdup("");
		}
	return NULL;
}

/* Add an option to the list of those that are deleted, or remove it. */
static void put_deleted(char **text, const char *option, bool deleted)
{
	autofree char *list = value_of(*text, pending_section(text), "delete"), *line = NULL;
	autostrv char **names = strv_split(list ? list : "", ", ;");
	autobuf out = BUF_INIT;

	for (char **name = names; *name; name++)
		if (!str_eq(*name + strspn(*name, "!"), option))
			buf_addf(&out, "%s%s", out.len ? "," : "", *name);
	if (deleted)
		buf_addf(&out, "%s%s", out.len ? "," : "", option);
	if (out.len)
		line = xasprintf("delete: %s%s", out.s, eol_of(*text));
	put(text, pending_section(text), "delete", line ? line : "");
}

static bool is_empty(const char *text, struct span s)
{
	for (const char *at = text + s.from; at < text + s.to; at = next_line(at))
		if (!is_blank(at))
			return false;
	return true;
}

/* Convert the edited text again.  On failure, f is unchanged. */
static int use_text(struct conf_file *f, const char *text, struct err *e)
{
	struct conf_file *next = read_again(f, text, e);

	if (!next)
		return err_code(e);
	replace(f, next);
	return 0;
}

int conf_pve_drop_raw(struct conf_file *f, const char *key, const char *value, struct err *e)
{
	struct span s = main_section(f->original);

	for (const char *at = f->original, *next; at < f->original + s.to; at = next) {
		struct span line = { (size_t)(at - f->original), 0 };
		autofree char *found = NULL, *text = NULL;
		size_t n;

		next = next_line(at);
		line.to = (size_t)(next - f->original);
		found = value_of(f->original, line, key);
		n = found ? strlen(found) : 0;
		while (n && strchr(" \t", found[n - 1]))
			found[--n] = '\0';
		if (!str_eq(found, value))
			continue;
		text = xasprintf("%.*s%s", (int)line.from, f->original, next);
		return use_text(f, text, e);
	}
	err_set(e, ENOENT, key, "the line is in a section of the config");
	return err_remedy(e, "remove it with an editor");
}

int conf_pve_put_key(struct conf_file *f, const char *key, const char *value, struct err *e)
{
	autofree char *text = xstrdup(f->original), *line = NULL;
	struct span s;
	size_t heading;

	if (value)
		line = xasprintf("%s: %s%s", key, value, eol_of(text));
	put(&text, main_section(text), key, line ? line : "");
	if (find_pending(text, &s, &heading)) {
		put(&text, s, key, "");
		if (is_empty(text, pending_section(&text)))
			remove_pending(&text);
	}
	return use_text(f, text, e);
}

int conf_pve_pending_put(struct conf_file *f, const char *option, const char *value, bool deleted,
			 struct err *e)
{
	autofree char *text = xstrdup(f->original), *line = NULL, *stored = NULL;

	if (value) {
		stored = conf_pve_value(option, value, true);
		line = xasprintf("%s: %s%s", option, stored, eol_of(text));
	}
	put(&text, pending_section(&text), option, line ? line : "");
	put_deleted(&text, option, deleted);
	if (is_empty(text, pending_section(&text)))
		remove_pending(&text);
	return use_text(f, text, e);
}

static void edit_add(struct edits *edits, char *key, const char *lines)
{
	edits->v = array_grow(edits->v, edits->n, sizeof *edits->v);
	edits->v[edits->n] = (struct edit){ key, xstrdup(lines), .order = edits->n };
	edits->n++;
}

static void edit_done(struct edit *edit)
{
	free(edit->key);
	free(edit->lines);
}

/* Of several edits of a key, the last one counts. */
static void edits_sort(struct edits *edits)
{
	size_t n = 0;

	if (edits->n)
		qsort(edits->v, edits->n, sizeof *edits->v, compare_edits);
	for (size_t i = 0; i < edits->n; i++)
		if (i + 1 < edits->n && str_eq(edits->v[i].key, edits->v[i + 1].key))
			edit_done(&edits->v[i]);
		else
			edits->v[n++] = edits->v[i];
	edits->n = n;
}

/* The edits that move the lines of [pve:pending] to the main section. */
static void find_edits(const char *text, struct span s, struct edits *ret)
{
	autofree char *deleted = value_of(text, s, "delete");
	autostrv char **names = strv_split(deleted ? deleted : "", ", ;!");
	autobuf description = BUF_INIT, raw = BUF_INIT;

	for (char **name = names; *name; name++)
		edit_add(ret, xstrdup(*name), "");
	for (const char *at = text + s.from; at < text + s.to; at = next_line(at)) {
		autofree char *line = xasprintf("%.*s\n", (int)strcspn(at, "\n"), at);

		if (*word_of(at) == '#')
			buf_add(&description, line);
		else if (str_after(word_of(at), "lxc."))
			buf_add(&raw, line);
		else if (!is_blank(at) && !is_of(at, "delete"))
			edit_add(ret, key_of(at), line);
	}
	if (description.len)
		edit_add(ret, xstrdup("description"), description.s);
	/* A raw key may occur more than once, so these replace no line. */
	if (raw.len)
		edit_add(ret, xstrdup("lxc."), raw.s);
	edits_sort(ret);
}

static void merge_text(char **text)
{
	struct edits edits = { 0 };
	size_t heading;
	struct span s;

	if (!find_pending(*text, &s, &heading))
		return;
	find_edits(*text, s, &edits);
	remove_pending(text);
	put_all(text, main_section(*text), &edits);
	for (size_t i = 0; i < edits.n; i++)
		edit_done(&edits.v[i]);
	free(edits.v);
}

int conf_pve_pending_merge(struct conf_file *f, unsigned *ret_line, struct err *e)
{
	autofree char *text = xstrdup(f->original), *key = NULL, *object = NULL;
	struct conf_file *next;
	struct span s;
	size_t heading;

	merge_text(&text);
	next = read_again(f, text, e);
	if (next) {
		replace(f, next);
		return 0;
	}
	key = xstrdup(e ? strrchr(e->object, ' ') ? strrchr(e->object, ' ') + 1 : e->object : "");
	if (ret_line && find_pending(f->original, &s, &heading)) {
		*ret_line = 1;
		for (const char *at = f->original; *at; at = next_line(at)) {
			if (at >= f->original + s.from && is_of(at, key))
				break;
			++*ret_line;
		}
	}
	object = xasprintf("%s: [" PVE_PENDING "]: %s", f->name, key);
	err_at_line(e, 0);
	err_set_object(e, object);
	return err_remedy(e, "run \"pct set %u --revert %s\" to drop the change", f->ctid, key);
}
