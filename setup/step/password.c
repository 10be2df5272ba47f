/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the hash of root's password to shadow(5), or, if there is none, to passwd(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"

/*
 * Returns text with the second field of root's line set to hash, and the third to day, unless day
 * is NULL.  NULL: nothing to change; *ret_found: there is a line of root.
 */
static char *set_fields(const char *text, const char *hash, const char *day, bool *ret_found)
{
	const char *line = text, *end, *rest;
	struct buf b = BUF_INIT;

	while (line && !str_after(line, "root:")) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	*ret_found = line != NULL;
	if (!line)
		return NULL;
	line += strlen("root:");
	end = line + strcspn(line, "\n");
	rest = line + strcspn(line, ":\n");
	if ((size_t)(rest - line) == strlen(hash) && memcmp(line, hash, strlen(hash)) == 0)
		return NULL;
	buf_addn(&b, text, (size_t)(line - text));
	buf_add(&b, hash);
	if (day && *rest == ':') {
		buf_addf(&b, ":%s", day);
		rest += 1 + strcspn(rest + 1, ":\n");
	}
	buf_addn(&b, rest, (size_t)(end - rest));
	buf_add(&b, end);
	return buf_detach(&b);
}

static int edit(struct setup *s, const char *path, const char *hash, const char *day, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	bool found;
	int n = tree_read(s->tree, path, &old, e);

	if (n == -ENOENT)
		return err_set(e, ENOENT, path, "is not there");
	if (n < 0)
		return n;
	new = set_fields(old, hash, day, &found);
	if (!found)
		return err_set(e, ENOENT, path, "has no user root");
	return new ? tree_write(s->tree, path, new, 0, ROOTFS_KEEP_LINK | TREE_SECRET, e) : 0;
}

int step_password(struct setup *s, struct err *e)
{
	const char *hash = s->facts->password_hash;
	autofree char *day = xasprintf("%lld", (long long)(s->facts->now / 86400));
	int n;

	if (!hash && s->phase != PHASE_CREATE)
		return 0;
	if (hash && (has_control(hash) || strchr(hash, ':')))
		return err_set(e, EINVAL, "password", "the hash contains forbidden characters");
	if (!hash && tree_kind(s->tree, "/etc/passwd") != S_IFREG)
		return 0;
	if (tree_kind(s->tree, "/etc/shadow") != S_IFREG)
		return edit(s, "/etc/passwd", hash ? hash : "*", NULL, e);
	n = edit(s, "/etc/shadow", hash ? hash : "*", day, e);
	return n < 0 ? n : edit(s, "/etc/passwd", "x", NULL, e);
}
