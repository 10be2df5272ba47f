/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns an error from using a config into a finding about the line that caused it. */
#include "lib/conf/conf-internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/pve.h"

/* The key in Proxmox VE's format from which this line was converted.  The caller frees. */
static char *original_key(const struct conf_file *f, const struct line *line)
{
	if (line->net >= 0)
		return xasprintf("net%u", f->nets[line->net].net.index);
	if (str_eq(line->name, "pve.volid"))
		return xstrdup("rootfs");
	return xstrdup(str_after(line->spelt, "pve.") ? line->spelt + strlen("pve.") : line->spelt);
}

/* Whether a line, without leading blanks, sets the key; for a raw key, also to this value. */
static bool sets(const char *line, const char *key, const char *value)
{
	const char *rest = str_after(line, key);
	size_t n = strlen(value);

	if (!rest || !*rest || !strchr(" \t:=", *rest))
		return false;
	rest += strspn(rest, " \t");
	rest += strspn(rest, ":=");
	rest += strspn(rest, " \t");
	return !str_after(key, "lxc.") ||
	       (str_after(rest, value) && !rest[n + strspn(rest + n, " \t\r")]);
}

/*
 * The number of the line that sets this key in Proxmox VE's format, on disk; 0: none.  A line of
 * [pve:pending] counts if it is in effect: merged, or of a key that is never pending.
 */
static unsigned original_line(const struct conf_file *f, const char *key, const char *value)
{
	bool takes_pending = f->unmerged || !conf_can_be_pending(key), in_section = false;
	unsigned number = 0, last = 0;

	for (const char *at = f->unmerged ? f->unmerged : f->original, *next; at; at = next) {
		size_t len = strcspn(at, "\n"), blanks = strspn(at, " \t");
		autofree char *line = xstrndup(at + blanks, len > blanks ? len - blanks : 0);

		next = at[len] ? at + len + 1 : NULL;
		number++;
		if (*line == '[')
			in_section = !takes_pending || strncasecmp(line, "[" PVE_PENDING "]",
								   sizeof PVE_PENDING + 1) != 0;
		else if (!in_section && sets(line, key, value))
			last = number;
	}
	return last;
}

/* The number of a line on disk, where pending changes are not merged; 0: it is not there. */
static unsigned unmerged_line(const struct conf_file *f, unsigned number)
{
	const struct line *line = &f->lines[number - 1];
	const char *at = f->unmerged;

	if (!at)
		return number;
	for (number = 1; *at; number++) {
		if (strncmp(at, line->raw, line->raw_len) == 0)
			return number;
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return 0;
}

char *conf_origin(const struct conf_file *f, unsigned number)
{
	const struct line *line = number && number <= f->n_lines ? &f->lines[number - 1] : NULL;
	size_t n = strlen(f->name);
	autofree char *key = NULL;

	if (!line || !line->spelt || !(f->original || f->unmerged))
		return NULL;
	if (str_ends_with(f->name, CONF_CONVERTED))
		n -= strlen(CONF_CONVERTED);
	key = f->original ? original_key(f, line) : xstrdup(line->spelt);
	number = f->original ? original_line(f, key, line->value) : unmerged_line(f, number);
	if (!n)
		return steal(&key);
	return number ? xasprintf("%.*s:%u: %s", (int)n, f->name, number, key)
		      : xasprintf("%.*s: %s", (int)n, f->name, key);
}

/* Add a finding about a line of f; line NULL: about no line. */
static void take(struct conf_findings *to, const struct conf_file *f, const struct line *line,
		 const char *where, const char *object, const struct err *e)
{
	autofree char *name = NULL, *text = NULL;
	unsigned number = 0;

	text = xasprintf("%s%s%s%s%s%s", where ? where : "", object, *object ? ": " : "", e->cause,
			 *e->remedy ? "; " : "", e->remedy);
	if (line && f->original) {
		name = original_key(f, line);
		number = original_line(f, name, line->value);
	} else if (line) {
		name = xstrdup(line->spelt);
		number = unmerged_line(f, (unsigned)(line - f->lines) + 1);
	}
	conf_findings_add(to, number, !where, name, "%s", text);
}

unsigned conf_findings_add_err(struct conf_findings *to, const struct conf_file *f, const char *key,
			       const char *where, const struct err *e)
{
	unsigned number = e->line;
	const struct line *line = number && number <= f->n_lines ? &f->lines[number - 1] : NULL;

	if (line && line->spelt) {
		take(to, f, line, where, "", e);
		return number;
	}
	take(to, f, key ? conf_line_find(f, conf_name_today(key)) : NULL, where, e->object, e);
	return 0;
}

void conf_findings_add_net_err(struct conf_findings *to, const struct conf_file *f, unsigned n,
			       const char *sub, const char *where, const struct err *e)
{
	int net = conf_net_position(f, n);

	for (size_t i = 0; i < f->n_lines; i++)
		if (net >= 0 && f->lines[i].net == net && !f->lines[i].in_snapshot &&
		    str_eq(f->lines[i].name, sub)) {
			take(to, f, &f->lines[i], where, e->object, e);
			return;
		}
	take(to, f, NULL, where, e->object, e);
}

int conf_key_err(const struct conf_file *f, const char *key, struct err *e)
{
	const struct line *line = conf_line_find(f, key);

	return conf_line_err(f, line ? (unsigned)(line - f->lines) + 1 : 0, key, e);
}

int conf_drop_line(struct conf_file *f, unsigned number, struct err *e)
{
	return conf_splice_lines(f, number - 1, 1, "#\n", e);
}
