/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses a config: text to lines, lines to values.  edit.c changes it. */
#include "lib/conf/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"

/* Strings live as long as the file; one allocation suffices for a usual file. */
struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(16) char data[];
};

static void chunk_add(struct conf_file *f, size_t size)
{
	struct chunk *c = xcalloc(1, sizeof *c + size);

	c->size = size;
	c->next = f->chunks;
	f->chunks = c;
}

void *conf_alloc(struct conf_file *f, size_t n)
{
	struct chunk *c = f->chunks;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (!c || c->size - c->used < n) {
		chunk_add(f, n > 4096 ? n : 4096);
		c = f->chunks;
	}
	p = c->data + c->used;
	c->used += n;
	return p;
}

char *conf_strndup(struct conf_file *f, const char *s, size_t n)
{
	char *copy = conf_alloc(f, n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

static int line_err(const char *name, unsigned line, const char *key, struct err *e)
{
	err_at_line(e, line);
	if (!*name)
		return err_wrap(e, "%s", key);
	return err_wrap(e, "%s:%u%s%s", name, line, *key ? ": " : "", key);
}

int conf_line_err(const struct conf_file *f, unsigned line, const char *key, struct err *e)
{
	autofree char *origin = conf_origin(f, line);

	if (!origin)
		return line_err(f->name, line, key, e);
	err_at_line(e, line);
	return err_wrap(e, "%s", origin);
}

static bool is_key_char(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-';
}

static size_t trim_right(const char *s, size_t n)
{
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return n;
}

/* Parse text[0..n), which has no line end. */
static int split_line(struct conf_file *f, struct line *line, const char *text, size_t n,
		      struct err *e)
{
	unsigned number = (unsigned)(line - f->lines) + 1;
	const char *end = text + n, *key, *at, *snap;
	uint32_t control;
	size_t key_len;
	bool pending;

	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	if (text == end || *text == '#')
		return 0;
	key = text;
	for (at = key; at < end && is_key_char(*at);)
		at++;
	key_len = (size_t)(at - key);
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (key_len == 0 || at == end || *at != '=') {
		err_set(e, EINVAL, NULL, "is not KEY = VALUE: \"%.*s\"", n > 60 ? 60 : (int)n, key);
		return conf_line_err(f, number, "", e);
	}
	snap = key_len > 5 && memcmp(key, "snap.", 5) == 0 ? key + 5 : NULL;
	if (snap) {
		line->in_snapshot = true;
		key_len -= 5;
		key = snap;
	}
	pending = !snap && key_len > 8 && memcmp(key, "pending.", 8) == 0;
	if (!pending &&
	    (key_len <= 4 || (memcmp(key, "lxc.", 4) != 0 && memcmp(key, "pve.", 4) != 0)))
		return 0;
	for (at++; at < end && (*at == ' ' || *at == '\t');)
		at++;
	if (pending)
		return conf_pending_line(f, line, conf_strndup(f, key + 8, key_len - 8),
					 conf_strndup(f, at, trim_right(at, (size_t)(end - at))),
					 e);
	line->spelt = conf_strndup(f, key, key_len);
	line->name = conf_name_today(line->spelt);
	n = trim_right(at, (size_t)(end - at));
	/* liblxc accepts tabs as blanks. */
	control = utf8_control(at, n, *key == 'l' ? "\t" : "");
	if (control) {
		err_set(e, EINVAL, NULL, CONF_CONTROL("%.*s"), n > 60 ? 60 : (int)n, at, control);
		return conf_line_err(f, number, line->spelt, e);
	}
	line->value = conf_strndup(f, at, n);
	return 0;
}

static int split(struct conf_file *f, struct err *e)
{
	const char *at = f->text, *end = f->text + f->len;
	size_t size = 32;

	f->lines = xrealloc(NULL, size, sizeof *f->lines);
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t raw_len = (size_t)((newline ? newline + 1 : end) - at);
		size_t n = newline ? raw_len - 1 : raw_len;
		int r;

		if (newline && n && at[n - 1] == '\r')
			n--;
		if (f->n_lines == 0 && newline && n + 2 == raw_len)
			f->eol = "\r\n";
		if (f->n_lines == size) {
			size *= 2;
			f->lines = xrealloc(f->lines, size, sizeof *f->lines);
		}
		f->lines[f->n_lines] = (struct line){ .raw = at, .raw_len = raw_len, .net = -1 };
		r = split_line(f, &f->lines[f->n_lines], at, n, e);
		if (r < 0)
			return r;
		f->n_lines++;
		at += raw_len;
	}
	return 0;
}

static bool is_net_key(const char *spelt)
{
	return str_after(spelt + 4, "network.") || str_after(spelt, "lxc.net.");
}

/* seen[] holds a line number, or 0, for each row of the table. */
static int read_scalar(struct conf_file *f, struct line *line, const struct conf_option **seen,
		       unsigned *seen_line, size_t *n_seen, struct err *e)
{
	unsigned number = (unsigned)(line - f->lines) + 1;
	const struct conf_option *o = conf_key_find(line->name);
	int r;

	if (o && o->type->read_slot) {
		r = o->type->read_slot(f, line->name + strlen("pve."), line->value, e);
		return r < 0 ? conf_line_err(f, number, line->spelt, e) : 0;
	}
	if (!o || !o->type->read)
		return 0;
	for (size_t i = 0; i < *n_seen && !o->type->many; i++)
		if (seen[i] == o) {
			err_set(e, EINVAL, NULL, "given twice, first in line %u", seen_line[i]);
			return conf_line_err(f, number, line->spelt, e);
		}
	seen[*n_seen] = o;
	seen_line[*n_seen] = number;
	if (!o->type->many)
		++*n_seen;
	r = o->type->read(f, o, line->value, (char *)f + o->field, e);
	return r < 0 ? conf_line_err(f, number, line->spelt, e) : 0;
}

static int read_lines(struct conf_file *f, struct err *e)
{
	/* The table will never have that many rows, and a row is seen once. */
	const struct conf_option *seen[64];
	unsigned seen_line[64];
	size_t n_seen = 0;
	int r;

	for (size_t i = 0; i < f->n_lines; i++) {
		struct line *line = &f->lines[i];

		if (!line->spelt || line->in_snapshot)
			continue;
		if (is_net_key(line->spelt))
			r = conf_net_line(f, line, e);
		else
			r = read_scalar(f, line, seen, seen_line, &n_seen, e);
		if (r < 0)
			return r;
	}
	r = conf_volumes_finish(f, e);
	if (r == 0)
		r = conf_nets_finish(f, e);
	if (r == 0)
		conf_idmap_finish(f);
	return r < 0 ? r : conf_limits_finish(f, e);
}

static void drop_parsed(struct conf_file *f)
{
	for (struct chunk *c = f->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(f->lines);
	free(f->nets);
	free(f->view);
	free(f->text);
	free(f->values.nets);
	free(f->values.idmap);
	free(f->values.volumes);
	free(f->values.unused);
	free(f->values.devices);
}

int conf_replace_text(struct conf_file *f, char *text, size_t len, struct err *e)
{
	static const uint64_t u = UNSET;
	struct conf_file new = {
		.name = f->name,
		.ctid = f->ctid,
		.text = text,
		.len = len,
		.eol = "\n",
		.pending_swap = f->pending_swap,
		.findings = f->findings,
		.original = f->original,
		.unmerged = f->unmerged,
		.limits = { u, u, u, u, u, u, u, u, u, u },
		.values = { .ctid = f->ctid,
			    .tty = 2,
			    .startup = STARTUP_NONE,
			    .is_pve = f->original },
	};
	int r;

	if (memchr(text, '\0', len)) {
		r = err_set(e, EINVAL, f->name, "holds a NUL byte");
	} else {
		chunk_add(&new, 3 * len + 1024);
		r = split(&new, e);
		if (r == 0)
			r = read_lines(&new, e);
	}
	if (r < 0) {
		drop_parsed(&new);
		return r;
	}
	drop_parsed(f);
	if (!new.values.arch)
		new.values.arch = conf_strndup(&new, "amd64", 5);
	*f = new;
	return 0;
}

/* Parse Proxmox VE's format; stops at the first error. */
static int parse_pve(const char *text, size_t len, const char *name, unsigned ctid,
		     struct conf_file **ret, struct err *e)
{
	struct conf_findings findings = { 0 };
	const struct conf_finding *first = NULL;
	struct conf_file *f = conf_pve_read(text, len, name, ctid, false, &findings);

	conf_findings_sort(&findings);
	f->findings = findings;
	for (size_t i = 0; i < findings.n && !first; i++)
		if (findings.v[i].level == CONF_ERROR)
			first = &findings.v[i];
	if (!first) {
		*ret = f;
		return 0;
	}
	err_set(e, EINVAL, NULL, "%s", first->text);
	if (first->line)
		line_err(name, first->line, first->key, e);
	else
		err_wrap(e, "%s", name);
	conf_free(f);
	return -EINVAL;
}

int conf_parse(const char *text, size_t len, const char *name, unsigned ctid,
	       struct conf_file **ret, struct err *e)
{
	struct conf_file *f;
	char *copy;
	int r;

	if (len > CONF_MAX_SIZE)
		return err_set(e, EFBIG, name, "is larger than %d bytes", CONF_MAX_SIZE);
	if (!memchr(text, '\0', len) && conf_pve_is(text, len))
		return parse_pve(text, len, name, ctid, ret, e);
	f = xcalloc(1, sizeof *f);
	f->name = xstrdup(name);
	f->ctid = ctid;
	f->pending_swap = CONF_NO_LIMIT;
	copy = xrealloc(NULL, len + 1, 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	r = conf_replace_text(f, copy, len, e);
	if (r < 0) {
		free(f->name);
		free(f);
		return r;
	}
	*ret = f;
	return 0;
}

int conf_load(const char *path, unsigned ctid, struct conf_file **ret, struct err *e)
{
	autofree char *text = NULL;
	size_t len;
	int r;

	r = file_read(path, CONF_MAX_SIZE, &text, &len, e);
	if (r < 0)
		return r;
	return conf_parse(text, len, path, ctid, ret, e);
}

void conf_free(struct conf_file *f)
{
	if (!f)
		return;
	drop_parsed(f);
	conf_findings_done(&f->findings);
	free(f->original);
	free(f->unmerged);
	free(f->name);
	free(f);
}

const struct conf *conf_values(const struct conf_file *f)
{
	return &f->values;
}

struct conf_file *conf_copy(const struct conf_file *f)
{
	struct conf_file *copy = NULL;

	if (conf_parse(f->text, f->len, f->name, f->ctid, &copy, NULL) < 0)
		abort();
	copy->original = f->original ? xstrdup(f->original) : NULL;
	copy->unmerged = f->unmerged ? xstrdup(f->unmerged) : NULL;
	copy->values.is_pve = f->values.is_pve;
	return copy;
}

void conf_swap(struct conf_file *a, struct conf_file *b)
{
	struct conf_file old = *a;

	*a = *b;
	*b = old;
}

char *conf_text(const struct conf_file *f)
{
	return f->original ? xstrdup(f->original) : xstrndup(f->text, f->len);
}

struct conf_file *conf_new(unsigned ctid)
{
	autofree char *text = xasprintf("# lxc config for container %u\n"
					"# network config\n"
					"lxc.network.type = empty\n",
					ctid);
	struct conf_file *f = NULL;

	if (conf_parse(text, strlen(text), "new config", ctid, &f, NULL) < 0)
		abort();
	return f;
}

/* The name of a line in today's liblxc. */
static const char *view_name(struct conf_file *f, const struct line *line)
{
	const char *rest = str_after(line->spelt, "lxc.limit.");
	char number[12] = "";
	char *name;
	size_t n;

	if (rest) {
		n = strlen(rest) + sizeof "lxc.prlimit.";
		name = conf_alloc(f, n);
		snprintf(name, n, "lxc.prlimit.%s", rest);
		return name;
	}
	if (line->net < 0)
		return line->name;
	if (*line->spelt == 'p')
		return line->spelt;
	snprintf(number, sizeof number, "%u",
		 str_eq(f->nets[line->net].type, "veth") ? f->nets[line->net].net.index : 0);
	n = sizeof "lxc.net.." + strlen(number) + strlen(line->name);
	name = conf_alloc(f, n);
	snprintf(name, n, "lxc.net.%s.%s", number, line->name);
	return name;
}

size_t conf_lines(const struct conf_file *cf, const struct conf_line **ret)
{
	struct conf_file *f = (struct conf_file *)cf; /* the view is only a cache */

	if (!f->view) {
		f->view = xcalloc(f->n_lines, sizeof *f->view);
		for (size_t i = 0; i < f->n_lines; i++) {
			const struct line *line = &f->lines[i];

			if (!line->spelt || line->in_snapshot)
				continue;
			f->view[f->n_view++] = (struct conf_line){ (unsigned)i + 1, line->spelt,
								   view_name(f, line),
								   line->value };
		}
	}
	*ret = f->view;
	return f->n_view;
}
