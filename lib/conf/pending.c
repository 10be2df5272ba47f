/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes that wait for the next start: "pending.OPTION = VALUE", the value as on the command line,
 * and "pending.delete = OPTION" in a line of its own for each.
 */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

#define PREFIX "pending."
#define DELETE "delete"

static const struct line *find(const struct conf_file *f, const char *option)
{
	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].pending && str_eq(f->lines[i].pending, option))
			return &f->lines[i];
	return NULL;
}

int conf_pending_line(struct conf_file *f, struct line *line, char *key, char *value, struct err *e)
{
	bool gone = str_eq(key, DELETE);
	const char *name = gone ? value : key;
	const struct conf_option *o = conf_option_find(name);
	unsigned number = (unsigned)(line - f->lines) + 1;

	if (!o || o->flags & (CONF_OPT_INTERNAL | CONF_OPT_NOTE | CONF_OPT_CREATE_ONLY))
		err_set(e, EINVAL, NULL, "there is no such option to wait for a start: \"%.60s\"",
			name);
	else if (find(f, name))
		err_set(e, EINVAL, NULL, "given twice, first in line %u",
			(unsigned)(find(f, name) - f->lines) + 1);
	else if (has_control(value))
		err_set(e, EINVAL, NULL, CONF_CONTROL("%.60s"), value,
			utf8_control(value, strlen(value), ""));
	else {
		line->pending = name;
		line->value = gone ? NULL : value;
		return 0;
	}
	return conf_line_err(f, number, gone ? PREFIX DELETE : "pending", e);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct conf_pending *)a)->option,
		      ((const struct conf_pending *)b)->option);
}

size_t conf_pending(const struct conf_file *f, struct conf_pending ret[CONF_MAX_PENDING])
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_lines && n < CONF_MAX_PENDING; i++)
		if (f->lines[i].pending)
			ret[n++] = (struct conf_pending){ f->lines[i].pending, f->lines[i].value };
	if (n)
		qsort(ret, n, sizeof *ret, compare);
	return n;
}

bool conf_has_pending(const struct conf_file *f)
{
	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].pending)
			return true;
	return false;
}

/* Behind the last of its kind, else behind the main section. */
static size_t place(const struct conf_file *f)
{
	for (size_t i = f->n_lines; i > 0; i--)
		if (f->lines[i - 1].pending)
			return i;
	return conf_main_end(f);
}

int conf_pending_put(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	const struct line *line = find(f, option);
	autofree char *text = value ? xasprintf(PREFIX "%s = %s%s", option, value, f->eol) :
				      xasprintf(PREFIX DELETE " = %s%s", option, f->eol);

	return conf_splice(f, line ? (size_t)(line - f->lines) : place(f), line != NULL, text, e);
}

int conf_pending_drop(struct conf_file *f, const char *option, struct err *e)
{
	const struct line *line = find(f, option);

	return line ? conf_splice(f, (size_t)(line - f->lines), 1, "", e) : 0;
}

/* A change of the list, whose strings are the caller's. */
struct change {
	char *option, *value;
	unsigned line;
};

static size_t take_changes(const struct conf_file *f, struct change **ret)
{
	struct change *v = xcalloc(CONF_MAX_PENDING, sizeof *v);
	size_t n = 0;

	for (size_t i = 0; i < f->n_lines && n < CONF_MAX_PENDING; i++)
		if (f->lines[i].pending)
			v[n++] = (struct change){ xstrdup(f->lines[i].pending),
						  xstrdup(f->lines[i].value), (unsigned)i + 1 };
	*ret = v;
	return n;
}

static int remove_lines(struct conf_file *f, struct err *e)
{
	autobuf out = BUF_INIT;
	size_t len;

	for (size_t i = 0; i < f->n_lines; i++)
		if (!f->lines[i].pending)
			buf_addn(&out, f->lines[i].raw, f->lines[i].raw_len);
	buf_str(&out);
	len = out.len;
	return conf_replace_text(f, buf_detach(&out), len, e);
}

static int merge(struct conf_file *f, const struct change *changes, size_t n, struct err *e)
{
	int r = remove_lines(f, e);

	/* What is to go makes room: a name or an address may move to another network. */
	for (int gone = 1; gone >= 0; gone--)
		for (size_t i = 0; i < n && r == 0; i++) {
			const struct change *c = &changes[i];

			if (gone != !c->value)
				continue;
			r = gone ? conf_unset(f, c->option, e) :
				   conf_set(f, c->option, c->value, e);
			if (r < 0) {
				conf_line_err(f, c->line, "pending", e);
				err_remedy(e, "pct set %u --revert %s takes it back", f->ctid,
					   c->option);
			}
		}
	return r;
}

int conf_pending_merge(struct conf_file *f, struct err *e)
{
	struct change *changes = NULL;
	size_t n, len = f->len;
	char *old;
	int r;

	if (!conf_has_pending(f))
		return 0;
	n = take_changes(f, &changes);
	old = conf_text(f);
	r = merge(f, changes, n, e);
	for (size_t i = 0; i < n; i++) {
		free(changes[i].option);
		free(changes[i].value);
	}
	free(changes);
	if (r == 0)
		free(old);
	else if (conf_replace_text(f, old, len, NULL) < 0)
		abort();
	return r;
}
