/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits a config: rewrites only the lines of the changed option; other lines stay byte for byte. */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

const struct line *conf_line_find(const struct conf_file *f, const char *today)
{
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];

		if (line->spelt && !line->in_snapshot && line->net < 0 && str_eq(line->name, today))
			return line;
	}
	return NULL;
}

int conf_splice_lines(struct conf_file *f, size_t at, size_t n, const char *insert, struct err *e)
{
	const char *from = at < f->n_lines ? f->lines[at].raw : f->text + f->len;
	const char *to = at + n < f->n_lines ? f->lines[at + n].raw : f->text + f->len;
	autobuf out = BUF_INIT;
	size_t len;

	buf_addn(&out, f->text, (size_t)(from - f->text));
	if (out.len && *insert && out.s[out.len - 1] != '\n')
		buf_add(&out, f->eol);
	buf_add(&out, insert);
	buf_addn(&out, to, (size_t)(f->text + f->len - to));
	buf_str(&out);
	len = out.len;
	return conf_replace_text(f, buf_detach(&out), len, e);
}

char *conf_line_with(const struct line *line, const char *value)
{
	const char *end = line->raw + line->raw_len;
	const char *at = memchr(line->raw, '=', line->raw_len);
	size_t eol = 0;

	for (at++; at < end && (*at == ' ' || *at == '\t');)
		at++;
	if (end[-1] == '\n')
		eol = line->raw_len > 1 && end[-2] == '\r' ? 2 : 1;
	return xasprintf("%.*s%s%.*s", (int)(at - line->raw), line->raw, value, (int)eol,
			 end - eol);
}

/* The order in a new config: includes, LXC's keys, our keys. */
static unsigned rank(const char *key)
{
	if (str_eq(key, "lxc.include"))
		return 0;
	return *key == 'l' ? 1 : 2;
}

static int compare_keys(const char *a, const char *b)
{
	unsigned x = rank(a), y = rank(b);

	return x != y ? (x > y) - (x < y) : strcmp(a, b);
}

/* Behind the last line of the main section, before the snapshots and the comments above them. */
size_t conf_main_section_end(const struct conf_file *f)
{
	size_t end = 0;

	for (size_t i = 0; i < f->n_lines; i++) {
		if (f->lines[i].in_snapshot)
			break;
		if (f->lines[i].spelt)
			end = i + 1;
	}
	while (end < f->n_lines && *f->lines[end].raw == '#' && !f->lines[end].in_snapshot &&
	       (end == 0 || *f->lines[end - 1].raw == '#'))
		end++;
	return end;
}

static size_t place_for(const struct conf_file *f, const char *key)
{
	size_t nets = 0, first = SIZE_MAX, best = SIZE_MAX;

	while (nets < f->n_lines && (f->lines[nets].net < 0 || f->lines[nets].in_snapshot))
		nets++;
	for (size_t i = 0; i < nets; i++) {
		const struct line *line = &f->lines[i];

		if (!line->spelt || line->in_snapshot)
			continue;
		if (first == SIZE_MAX)
			first = i;
		if (compare_keys(line->spelt, key) <= 0)
			best = i;
	}
	if (best != SIZE_MAX)
		return best + 1;
	if (first != SIZE_MAX)
		return first;
	if (nets == f->n_lines)
		return conf_main_section_end(f);
	return nets && str_after(f->lines[nets - 1].raw, "# network config") ? nets - 1 : nets;
}

int conf_put_line(struct conf_file *f, const char *key, const char *value, struct err *e)
{
	const char *today = conf_name_today(key);
	const struct line *line = conf_line_find(f, today);
	autofree char *text = NULL;
	int r;

	if (!value) {
		for (; line; line = conf_line_find(f, today)) {
			r = conf_splice_lines(f, (size_t)(line - f->lines), 1, "", e);
			if (r < 0)
				return r;
		}
		return 0;
	}
	if (line && str_eq(line->value, value))
		return 0;
	text = line ? conf_line_with(line, value) : xasprintf("%s = %s%s", key, value, f->eol);
	return conf_splice_lines(f, line ? (size_t)(line - f->lines) : place_for(f, key),
				 line != NULL, text, e);
}

int conf_put_lines(struct conf_file *f, const char *key, char *const *values, struct err *e)
{
	const struct line *line = conf_line_find(f, conf_name_today(key));
	size_t at = line ? (size_t)(line - f->lines) : place_for(f, key);
	autobuf text = BUF_INIT;
	int r = conf_put_line(f, key, NULL, e);

	for (; values && *values; values++)
		buf_addf(&text, "%s = %s%s", key, *values, f->eol);
	return r < 0 || !text.len ? r : conf_splice_lines(f, at, 0, text.s, e);
}

int conf_insert_lines(struct conf_file *f, const struct conf_line *v, size_t n, struct err *e)
{
	autobuf out = BUF_INIT;
	size_t from = 0, len;

	for (size_t i = 0; i < n; i++) {
		size_t to = place_for(f, v[i].spelt);

		for (; from < to; from++)
			buf_addn(&out, f->lines[from].raw, f->lines[from].raw_len);
		if (out.len && out.s[out.len - 1] != '\n')
			buf_add(&out, f->eol);
		buf_addf(&out, "%s = %s%s", v[i].spelt, v[i].value, f->eol);
	}
	for (; from < f->n_lines; from++)
		buf_addn(&out, f->lines[from].raw, f->lines[from].raw_len);
	buf_str(&out);
	len = out.len;
	return conf_replace_text(f, buf_detach(&out), len, e);
}

void conf_set_key(struct conf_file *f, const char *key, const char *value)
{
	if ((value && has_control(value)) || conf_put_line(f, key, value, NULL) < 0)
		abort();
}

/* Whether a line in effect has the raw key; value NULL: any. */
static bool is_raw(const struct line *line, const char *today, const char *value)
{
	return line->spelt && !line->in_snapshot && !line->pending && line->net < 0 &&
	       str_eq(line->name, today) && (!value || str_eq(line->value, value));
}

int conf_raw_drop(struct conf_file *f, const char *given, struct err *e)
{
	autofree char *key = xstrndup(given, strcspn(given, "= "));
	const char *value = strchr(given, '='), *today = conf_name_today(key);
	const struct conf_option *o = conf_key_find(today);
	const struct line *found = NULL;

	value = value ? value + 1 + strspn(value + 1, " ") : NULL;
	if (o && o->name) {
		err_set(e, ERR_USAGE, key, "is the key of an option");
		return err_remedy(e, "give the option: %s", o->name);
	}
	for (size_t i = 0; i < f->n_lines; i++) {
		if (!is_raw(&f->lines[i], today, value))
			continue;
		if (found && !value) {
			err_set(e, ERR_USAGE, key, "several lines have this key");
			return err_remedy(e, "name one: --delete \"%s=%s\"", key, found->value);
		}
		found = found ? found : &f->lines[i];
	}
	if (!found)
		return err_set(e, ENOENT, given, "the config has no such line");
	if (f->original)
		return conf_pve_drop_raw(f, found->spelt, found->value, e);
	return conf_splice_lines(f, (size_t)(found - f->lines), 1, "", e);
}

int conf_remove_lock(struct conf_file *f, struct err *e)
{
	return conf_put_lock(f, NULL, e);
}

static int set_value(struct conf_file *f, const struct conf_option *o, const char *option,
		     const char *value, struct err *e)
{
	const struct conf_type *t = o->type;
	autofree char *encoded = NULL, *key = NULL;
	int r;

	if (t->set)
		return t->set(f, o, value, e);
	if (value && t->encode) {
		r = t->encode(value, &encoded, e);
		if (r < 0)
			return r;
		value = encoded;
	}
	key = t->read_slot ? conf_option_key(o, option) : xstrdup(o->key);
	return conf_put_line(f, key, o->absent && str_eq(value, o->absent) ? NULL : value, e);
}

/* value NULL: unset.  On failure, the text is unchanged. */
static int change(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	const struct conf_option *o = conf_option_find(option);
	unsigned pending_swap = f->pending_swap;
	size_t len = f->len;
	autofree char *old = NULL;
	uint32_t control;
	int r;

	if (!o)
		return err_set(e, EINVAL, option, "unknown option");
	if (o->flags & CONF_OPT_INTERNAL)
		return err_set(e, EPERM, option, "cannot be set by a user");
	control = value && o->type != &conf_type_text ? utf8_control(value, strlen(value), "") : 0;
	if (control)
		return err_set(e, EINVAL, option, CONF_CONTROL("%s"), value, control);
	if (value && strlen(value) > 32768)
		return err_set(e, EINVAL, option, "value is too long");
	old = xstrndup(f->text, f->len);
	if (o->type == &conf_type_net)
		r = conf_net_set(f, (unsigned)strtoul(option + 3, NULL, 10), value, e);
	else
		r = set_value(f, o, option, value, e);
	if (r == 0 && f->len <= CONF_MAX_SIZE)
		r = f->original ? conf_pve_put(f, o, option, value, e) : 0;
	else if (r == 0)
		r = err_set(e, EFBIG, NULL, "the config would be larger than %d bytes",
			    CONF_MAX_SIZE);
	if (r == 0)
		return 0;
	if (conf_replace_text(f, steal(&old), len, NULL) < 0)
		abort();
	f->pending_swap = pending_swap;
	err_set_object(e, option);
	return r;
}

/* No volume leaves the config without a word. */
static int change_and_keep(struct conf_file *f, const char *option, const char *value,
			   struct err *e)
{
	struct conf_file *before = conf_volume_find(&f->values, option) ? conf_copy(f) : NULL;
	int r = change(f, option, value, e);

	if (r == 0 && before) {
		r = conf_keep_volumes(f, &before->values, e);
		if (r < 0)
			conf_swap(f, before);
	}
	conf_free(before);
	return r;
}

int conf_set(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	return change_and_keep(f, option, value, e);
}

int conf_unset(struct conf_file *f, const char *option, struct err *e)
{
	return change_and_keep(f, option, NULL, e);
}

char *conf_get(const struct conf_file *f, const char *option)
{
	const struct conf_option *o = conf_option_find(option);
	autofree char *key = NULL;
	const struct line *line;

	if (!o)
		return NULL;
	if (o->type == &conf_type_net)
		return conf_net_get(f, (unsigned)strtoul(option + 3, NULL, 10));
	if (o->type->get)
		return o->type->get(f);
	key = conf_option_key(o, option);
	line = conf_line_find(f, key);
	return line ? xstrdup(line->value) : NULL;
}
