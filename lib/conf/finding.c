/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists the errors of a config and the settings that have no effect, by line. */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

#define MAX_FINDINGS 200
#define MAX_CHECKED (16 * 1024 * 1024) /* bytes, total of all passes */

/* Find a finding by line, key and, unless NULL, part of the value; NULL: none. */
static struct conf_finding *find_at(struct conf_findings *in, unsigned line, const char *key,
				    const char *part, enum conf_level level)
{
	for (size_t i = 0; i < in->n && line; i++) {
		struct conf_finding *f = &in->v[i];

		if (f->line == line && f->level == level && str_eq(f->key, key ? key : "") &&
		    (!part || strstr(f->text, part)))
			return f;
	}
	return NULL;
}

static void set_text(struct conf_finding *f, enum conf_level level, const char *fmt, ...)
{
	struct err text; /* replaces control characters */
	char cause[2 * sizeof text.cause];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cause, sizeof cause, fmt, ap);
	va_end(ap);
	err_set(&text, EINVAL, f->key, "%s", cause);
	free(f->key);
	free(f->text);
	f->key = xstrdup(text.object);
	f->text = xstrdup(text.cause);
	f->level = level;
}

/* Each level has its own limit, so that many findings of one level do not hide another's. */
static void add(struct conf_findings *to, unsigned line, enum conf_level level, const char *key,
		const char *text)
{
	size_t n = to->of[level]++;
	struct conf_finding *f;

	if (n > MAX_FINDINGS)
		return;
	to->v = xrealloc(to->v, to->n + 1, sizeof *to->v);
	f = &to->v[to->n++];
	*f = (struct conf_finding){ .line = line,
				    .key = n == MAX_FINDINGS ? NULL : xstrdup(key) };
	set_text(f, level, "%s", n == MAX_FINDINGS ? "and more" : text);
}

/* Drop a warning about the line whose text is the beginning of an error's. */
static void drop_same(struct conf_findings *from, unsigned line, const char *key, const char *text)
{
	struct conf_finding *f = find_at(from, line, key, NULL, CONF_WARNING);
	size_t behind;

	if (!f || !str_after(text, f->text))
		return;
	behind = from->n - (size_t)(f - from->v) - 1;
	free(f->key);
	free(f->text);
	memmove(f, f + 1, behind * sizeof *f);
	from->n--;
	from->of[CONF_WARNING]--;
}

void conf_findings_add(struct conf_findings *to, unsigned line, bool is_error, const char *key,
		       const char *fmt, ...)
{
	struct conf_finding *power = find_at(to, line, key, NULL, CONF_POWER);
	char text[sizeof((struct err *)0)->cause];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (is_error)
		drop_same(to, line, key, text);
	if (power && is_error) {
		to->of[CONF_POWER]--;
		to->of[CONF_ERROR]++;
		set_text(power, CONF_ERROR, "%s", text);
	} else if (power) {
		set_text(power, CONF_POWER, "%s; %s", power->text, text);
	} else {
		add(to, line, is_error ? CONF_ERROR : CONF_WARNING, key, text);
	}
}

void conf_findings_power(struct conf_findings *to, unsigned line, const char *key,
			 const char *part, const char *fmt, ...)
{
	struct conf_finding *warning = find_at(to, line, key, part, CONF_WARNING);
	char text[sizeof((struct err *)0)->cause];
	va_list ap;

	if (find_at(to, line, key, NULL, CONF_ERROR))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (warning) {
		to->of[CONF_WARNING]--;
		to->of[CONF_POWER]++;
		set_text(warning, CONF_POWER, "%s; %s", text, warning->text);
	} else {
		add(to, line, CONF_POWER, key, text);
	}
}

void conf_findings_done(struct conf_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		free(findings->v[i].key);
		free(findings->v[i].text);
	}
	free(findings->v);
	*findings = (struct conf_findings){ 0 };
}

/* Findings about the same line keep the order in which they were found. */
void conf_findings_sort(struct conf_findings *findings)
{
	struct conf_finding *v = findings->v;

	for (size_t i = 1; i < findings->n; i++)
		for (size_t k = i; k > 0 && v[k - 1].line > v[k].line; k--) {
			struct conf_finding swap = v[k];

			v[k] = v[k - 1];
			v[k - 1] = swap;
		}
}

const struct conf_findings *conf_findings(const struct conf_file *f)
{
	return &f->findings;
}

/* Why a line of our key has no effect; NULL: it has one.  The caller frees. */
static char *without_effect(const struct conf_file *f, const struct line *line)
{
	struct conf_kept kept;

	if (str_eq(line->spelt, "pve.features"))
		return conf_features_ignored(f, line->value);
	if (str_eq(line->spelt, "pve.rootfs") && *line->value == '/')
		return xstrdup("is kept, but a device or folder of the host cannot be the root "
			       "file system yet");
	if (!conf_kept_read(line, &kept) || !kept.without)
		return NULL;
	return xasprintf("is kept, but %s", kept.without);
}

char *conf_ignored(const struct conf_file *f, const char *option)
{
	const struct conf_option *o = conf_option_find(option);
	const struct line *line = o ? conf_line_find(f, conf_name_today(o->key)) : NULL;

	return line ? without_effect(f, line) : NULL;
}

/* Whether a key of ours is valid: an option, a hidden key, or one of these. */
static bool is_known(const struct line *line)
{
	static const char *const kept[] = { "pve.parent", "pve.snaptime", "pve.snapstate" };
	struct conf_kept ignored;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (str_eq(line->name, kept[i]))
			return true;
	return conf_kept_read(line, &ignored) || line->net >= 0 || *line->name != 'p' ||
	       conf_key_find(line->name);
}

static void find_in_line(const struct conf_file *f, const struct line *line, unsigned number,
			 const char *name, struct conf_findings *to)
{
	autofree char *why = without_effect(f, line);

	if (why)
		conf_findings_add(to, number, false, name, "%s", why);
	else if (conf_name_removed(line->name))
		conf_findings_add(to, number, false, name, "liblxc no longer has this key");
	else if (!is_known(line))
		conf_findings_add(to, number, false, name, "unknown key, which has no effect");
}

void conf_findings_of_key(const struct conf_file *f, const char *key, unsigned number,
			  const char *name, struct conf_findings *to)
{
	const struct line *line = conf_line_find(f, conf_name_today(key));

	if (line)
		find_in_line(f, line, number, name, to);
}

void conf_findings_of_net(const struct conf_file *f, unsigned n, unsigned number,
			  struct conf_findings *to)
{
	int net = conf_net_position(f, n);

	for (size_t i = 0; i < f->n_lines && net >= 0; i++)
		if (f->lines[i].net == net) {
			autofree char *name = xasprintf("net%u: %s", n, f->lines[i].name);

			find_in_line(f, &f->lines[i], number, name, to);
		}
}

static void find_in_lines(const struct conf_file *f, struct conf_findings *to)
{
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];
		size_t blanks = strspn(line->raw, " \t");

		if (line->in_snapshot || line->pending)
			continue;
		if (line->spelt) {
			find_in_line(f, line, (unsigned)i + 1, line->spelt, to);
		} else if (!strchr("#\r\n", line->raw[blanks])) {
			autofree char *key = xstrndup(line->raw + blanks,
						      strcspn(line->raw + blanks, " \t="));

			conf_findings_add(to, (unsigned)i + 1, false, key,
				      "unknown key, which has no effect");
		}
	}
}

void conf_warnings(const struct conf_file *f, struct conf_findings *ret)
{
	*ret = (struct conf_findings){ 0 };
	/* Findings of the original include what was not converted. */
	if (f->original) {
		for (size_t i = 0; i < f->findings.n; i++)
			conf_findings_add(ret, f->findings.v[i].line, false, f->findings.v[i].key,
					  "%s", f->findings.v[i].text);
	} else {
		find_in_lines(f, ret);
	}
}

/* The file has no name, so the error's object is the key. */
static void find_error(const struct err *e, struct conf_findings *to)
{
	conf_findings_add(to, e->line, true, e->line ? e->object : "", "%s", e->cause);
}

static bool is_net_line(const char *at)
{
	at += strspn(at, " \t");
	return str_after(at, "lxc.network.") || str_after(at, "pve.network.");
}

/* Make a comment of a line and, if it opens a network, of the network's other lines. */
static void blank_line(char *text, unsigned line)
{
	bool opens;

	while (--line)
		text = strchr(text, '\n') + 1;
	opens = str_after(text + strspn(text, " \t"), "lxc.network.type");
	do {
		*text = '#';
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	} while (opens && text && is_net_line(text) &&
		 !str_after(text + strspn(text, " \t"), "lxc.network.type"));
}

/* Each pass finds one more error and blanks its line.  Large files get fewer passes. */
static void check_2015(const char *given, size_t len, unsigned ctid, struct conf_findings *to)
{
	autofree char *text = xstrndup(given, len);
	struct conf_file *f = NULL;
	size_t checked = 0;
	struct err e;

	while (to->n < MAX_FINDINGS && conf_parse(text, len, "", ctid, &f, &e) < 0) {
		find_error(&e, to);
		checked += len;
		if (checked > MAX_CHECKED) {
			conf_findings_add(to, 0, true, NULL, "the file is too large to find all "
					  "of its errors");
			break;
		}
		if (!e.line)
			break;
		blank_line(text, e.line);
	}
	if (f) {
		find_in_lines(f, to);
		conf_findings_of_power(f, to);
	}
	if (f && conf_pending_merge(f, &e) < 0)
		find_error(&e, to);
	conf_free(f);
}

static struct conf_file *check_pve(const char *text, size_t len, unsigned ctid,
				   struct conf_findings *to)
{
	struct conf_file *f = conf_pve_read(text, len, "", ctid, true, to);
	unsigned line;
	struct err e;

	if (!to->of[CONF_ERROR] && conf_has_pending(f) && conf_pve_pending_merge(f, &line, &e) < 0)
		conf_findings_add(to, line, true, strrchr(e.object, ' ') + 1, "%s", e.cause);
	return f;
}

void conf_check(const char *text, size_t len, unsigned ctid, struct conf_findings *ret)
{
	struct conf_findings findings = { 0 };
	struct conf_file *f = NULL;

	if (len > CONF_MAX_SIZE)
		conf_findings_add(&findings, 0, true, NULL, "is larger than %d bytes",
				  CONF_MAX_SIZE);
	else if (memchr(text, '\0', len))
		conf_findings_add(&findings, 0, true, NULL, "holds a NUL byte");
	else if (conf_pve_is(text, len))
		f = check_pve(text, len, ctid, &findings);
	else
		check_2015(text, len, ctid, &findings);
	conf_free(f);
	conf_findings_sort(&findings);
	*ret = findings;
}
