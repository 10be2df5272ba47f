/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns an error from using a config into a finding about the line that caused it. */
#include "lib/conf/conf-internal.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

/* The key in Proxmox VE's format from which this line was converted.  The caller frees. */
static char *original_key(const struct conf_file *f, const struct line *line)
{
	if (line->net >= 0)
		return xasprintf("net%u", f->nets[line->net].net.index);
	if (str_eq(line->name, "pve.volid"))
		return xstrdup("rootfs");
	return xstrdup(str_after(line->spelt, "pve.") ? line->spelt + strlen("pve.") : line->spelt);
}

/* The number of the main section's line with this key; for a raw key, also with this value. */
static unsigned original_line(const struct conf_file *f, const char *key, const char *value)
{
	unsigned number = 0, last = 0;
	size_t n = strlen(value);

	for (const char *at = f->original, *next; at; at = next) {
		size_t len = strcspn(at, "\n"), blanks = strspn(at, " \t");
		autofree char *line = xstrndup(at + blanks, len > blanks ? len - blanks : 0);
		const char *rest = str_after(line, key);

		next = at[len] ? at + len + 1 : NULL;
		number++;
		if (*line == '[')
			break;
		if (!rest || !strchr(" \t:=", *rest))
			continue;
		rest += strspn(rest, " \t");
		rest += strspn(rest, ":=");
		rest += strspn(rest, " \t");
		if (!str_after(key, "lxc.") ||
		    (str_after(rest, value) && !rest[n + strspn(rest + n, " \t\r")]))
			last = number;
	}
	return last;
}

char *conf_origin(const struct conf_file *f, unsigned number)
{
	const struct line *line = number && number <= f->n_lines ? &f->lines[number - 1] : NULL;
	autofree char *key = NULL;

	if (!f->original || !line || !line->spelt)
		return NULL;
	key = original_key(f, line);
	number = original_line(f, key, line->value);
	if (!number || !str_ends_with(f->name, CONF_CONVERTED))
		return NULL;
	return xasprintf("%.*s:%u: %s", (int)(strlen(f->name) - strlen(CONF_CONVERTED)), f->name,
			 number, key);
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
		number = (unsigned)(line - f->lines) + 1;
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
			       const char *sub, const struct err *e)
{
	int net = conf_net_position(f, n);

	for (size_t i = 0; i < f->n_lines; i++)
		if (net >= 0 && f->lines[i].net == net && !f->lines[i].in_snapshot &&
		    str_eq(f->lines[i].name, sub)) {
			take(to, f, &f->lines[i], NULL, e->object, e);
			return;
		}
	take(to, f, NULL, NULL, e->object, e);
}

int conf_drop_line(struct conf_file *f, unsigned number, struct err *e)
{
	return conf_splice_lines(f, number - 1, 1, "#\n", e);
}
