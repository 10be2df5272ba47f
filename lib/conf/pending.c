/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pending changes, made at the next start: "pending.OPTION = VALUE" with the value of the command
 * line, and a line "pending.delete = OPTION" for each option to reset.
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

bool conf_can_be_pending(const char *option)
{
	const struct conf_option *o = conf_option_find(option);

	return o && !(o->flags & (CONF_OPT_INTERNAL | CONF_OPT_NOTE | CONF_OPT_CREATE_ONLY));
}

int conf_pending_line(struct conf_file *f, struct line *line, char *key, char *value, struct err *e)
{
	bool gone = str_eq(key, DELETE);
	const char *name = gone ? value : key;
	unsigned number = (unsigned)(line - f->lines) + 1;

	if (!conf_can_be_pending(name))
		err_set(e, EINVAL, NULL, "is not an option that can be pending: \"%.60s\"",
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
	return strcmp(((const struct conf_change *)a)->name, ((const struct conf_change *)b)->name);
}

void conf_pending(const struct conf_file *f, struct conf_changes *ret)
{
	struct conf_changes all = { 0 };

	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].pending) {
			autofree char *now = conf_get(f, f->lines[i].pending);

			conf_change_add(&all, f->lines[i].pending, now, f->lines[i].value);
		}
	if (all.n)
		qsort(all.v, all.n, sizeof *all.v, compare);
	*ret = all;
}

bool conf_has_pending(const struct conf_file *f)
{
	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].pending)
			return true;
	return false;
}

/* Behind the last pending line, else behind the main section. */
static size_t place(const struct conf_file *f)
{
	for (size_t i = f->n_lines; i > 0; i--)
		if (f->lines[i - 1].pending)
			return i;
	return conf_main_section_end(f);
}

int conf_pending_put(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	const struct line *line = find(f, option);
	autofree char *text = value ? xasprintf(PREFIX "%s = %s%s", option, value, f->eol) :
				      xasprintf(PREFIX DELETE " = %s%s", option, f->eol);

	if (f->original)
		return conf_pve_pending_put(f, option, value, !value, e);
	return conf_splice_lines(f, line ? (size_t)(line - f->lines) : place(f), line != NULL, text,
				 e);
}

int conf_pending_drop(struct conf_file *f, const char *option, struct err *e)
{
	const struct line *line = find(f, option);

	if (line && f->original)
		return conf_pve_pending_put(f, option, NULL, false, e);
	return line ? conf_splice_lines(f, (size_t)(line - f->lines), 1, "", e) : 0;
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

/* line: number of the change's line in the original text. */
static int merge_one(struct conf_file *f, const struct conf_change *c, unsigned line, struct err *e)
{
	int r = conf_change_make(f, c, e);

	if (r < 0) {
		conf_line_err(f, line, "pending", e);
		err_remedy(e, "run \"pct set %u --revert %s\" to drop the change",
			   f->ctid, c->name);
	}
	return r;
}

static int merge(struct conf_file *f, struct err *e)
{
	struct conf_changes changes;
	struct conf_file *before;
	int r;

	if (f->original)
		return conf_pve_pending_merge(f, NULL, e);
	before = conf_copy(f);
	conf_pending(f, &changes);
	r = remove_lines(f, e);
	/* First unset options, since a name or an address may move to another network. */
	for (int removed = 1; removed >= 0; removed--)
		for (size_t i = 0; i < before->n_lines && r == 0; i++) {
			const struct line *line = &before->lines[i];

			if (line->pending && removed == !line->value)
				r = merge_one(f, conf_changes_find(&changes, line->pending),
					      (unsigned)i + 1, e);
		}
	if (r < 0 && conf_replace_text(f, conf_text(before), before->len, NULL) < 0)
		abort();
	conf_changes_done(&changes);
	conf_free(before);
	return r;
}

int conf_pending_merge(struct conf_file *f, struct err *e)
{
	autofree char *before = conf_text(f);
	struct conf_file *copy = conf_has_pending(f) ? conf_copy(f) : NULL;
	int r = copy ? merge(f, e) : 0;

	if (r == 0 && copy) {
		r = conf_keep_volumes(f, &copy->values, e);
		if (r < 0)
			conf_swap(f, copy);
	}
	conf_free(copy);
	if (r == 0 && !f->unmerged && !str_eq(before, f->original ? f->original : f->text))
		f->unmerged = steal(&before);
	return r;
}
