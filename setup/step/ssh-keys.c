/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the keys that may log in as root, to pct's section of authorized_keys. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"
#include "setup/text-section.h"

/* Root's home: the sixth field of passwd(5), else /root. */
static int find_home(struct tree *t, char **ret, struct err *e)
{
	autofree char *text = NULL;
	const char *line;
	int n = tree_read_optional(t, "/etc/passwd", &text, e);

	if (n < 0)
		return n;
	*ret = NULL;
	for (line = text; line && !str_after(line, "root:");) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	for (unsigned field = 1; line && field < 6; field++) {
		line += strcspn(line, ":\n");
		line = *line == ':' ? line + 1 : NULL;
	}
	if (line)
		*ret = xstrndup(line, strcspn(line, ":\n"));
	if (*ret && **ret == '/' && !has_control(*ret))
		return 0;
	free(*ret);
	*ret = xstrdup("/root");
	return 0;
}

static int make_body(const char *keys, struct buf *body, struct err *e)
{
	autostrv char **lines = strv_split(keys, "\r\n");

	for (char **line = lines; *line; line++) {
		for (char *c = *line; *c; c++)
			if (*c == '\t')
				*c = ' ';
		if (has_control(*line) || section_is_begin(*line) || section_is_end(*line))
			return err_set(e, EINVAL, "ssh-public-keys", "\"%s\" is not a key", *line);
		buf_addf(body, "%s\n", *line);
	}
	return 0;
}

int step_ssh_keys(struct setup *s, struct err *e)
{
	autofree char *home = NULL, *dir = NULL, *path = NULL, *old = NULL, *new = NULL;
	autobuf body = BUF_INIT;
	int n;

	if (!s->facts->ssh_keys)
		return 0;
	n = make_body(s->facts->ssh_keys, &body, e);
	if (n == 0)
		n = find_home(s->tree, &home, e);
	if (n < 0)
		return n;
	if (tree_kind(s->tree, home) != S_IFDIR)
		return err_set(e, ENOTDIR, home, "root's home is not a folder");
	dir = xasprintf("%s%s.ssh", home, str_ends_with(home, "/") ? "" : "/");
	path = xasprintf("%s/authorized_keys", dir);
	n = tree_mkdir(s->tree, dir, 0700, e);
	if (n == 0)
		n = tree_read_optional(s->tree, path, &old, e);
	if (n < 0)
		return n;
	new = section_set(old, buf_str(&body), SECTION_APPEND);
	return tree_write(s->tree, path, new, old ? 0 : 0600, ROOTFS_KEEP_LINK, e);
}
