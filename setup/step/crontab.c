/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Spreads root's system cron jobs over the hour, so that containers of the same template do not all
 * run them in the same minute.  The minute depends on the container's number and on the line.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

/* For a line like "17 * * * * root COMMAND": the text after the number, else NULL. */
static const char *after_minute(const char *line)
{
	size_t digits = strspn(line, "0123456789");
	const char *at = line + digits;

	if (!digits || (*at != ' ' && *at != '\t'))
		return NULL;
	for (unsigned field = 0; field < 4; field++) {
		at += strspn(at, " \t");
		at += strcspn(at, " \t\n");
	}
	at += strspn(at, " \t");
	at = str_after(at, "root");
	if (!at || (*at != ' ' && *at != '\t') || strchr("\n", at[strspn(at, " \t")]))
		return NULL;
	return line + digits;
}

static char *spread(const char *text, unsigned ctid)
{
	struct buf b = BUF_INIT;

	buf_clear(&b);
	while (*text) {
		size_t len = strcspn(text, "\n");
		const char *rest = after_minute(text);

		len += text[len] == '\n';
		if (rest) {
			autofree char *key = xasprintf("%u%.*s", ctid,
						       (int)(len - (size_t)(rest - text)), rest);

			/* The high bits of FNV are mixed best. */
			buf_addf(&b, "%u", (unsigned)((hash_text(key, strlen(key)) >> 32) % 60));
			buf_addn(&b, rest, len - (size_t)(rest - text));
		} else {
			buf_addn(&b, text, len);
		}
		text += len;
	}
	return buf_detach(&b);
}

static int edit(struct setup *s, const char *path, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n = tree_read(s->tree, path, &old, e);

	if (n == -ENOENT)
		return 0;
	if (n < 0)
		return n;
	new = spread(old, s->conf->ctid);
	return tree_write(s->tree, path, new, 0, ROOTFS_KEEP_LINK, e);
}

/* The rule of cron(8) for names in cron.d. */
static bool is_job_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			return false;
	return *name;
}

int step_crontab(struct setup *s, struct err *e)
{
	autostrv char **names = NULL;
	int n;

	if (tree_lkind(s->tree, "/etc/crontab") == S_IFREG) {
		n = edit(s, "/etc/crontab", e);
		if (n < 0)
			return n;
	}
	n = tree_list(s->tree, "/etc/cron.d", &names, e);
	if (n == -ENOENT)
		return 0;
	if (n < 0)
		return n;
	for (char **name = names; *name; name++) {
		autofree char *path = xasprintf("/etc/cron.d/%s", *name);

		if (!is_job_name(*name) || tree_lkind(s->tree, path) != S_IFREG)
			continue;
		n = edit(s, path, e);
		if (n < 0)
			return n;
	}
	return 0;
}
