/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/text-lines.h"

#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"

char *lines_edit(const char *text, char *(*edit)(const char *line, void *arg), void *arg)
{
	struct buf b = BUF_INIT;

	buf_clear(&b);
	while (text && *text) {
		size_t len = strcspn(text, "\n");
		autofree char *line = xstrndup(text, len), *new = edit(line, arg);

		if (new)
			buf_addf(&b, "%s\n", new);
		text += len + (text[len] == '\n');
	}
	return buf_detach(&b);
}

bool lines_have(const char *text, const char *prefix)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (str_after(line, prefix))
			return true;
	}
	return false;
}

struct assignment {
	const char *key, *value;
	bool done;
};

static char *assign(const char *line, void *arg)
{
	struct assignment *a = arg;
	const char *rest = str_after(line + strspn(line, " \t"), a->key);

	if (a->done || !rest || *rest != '=')
		return xstrdup(line);
	a->done = true;
	return xasprintf("%s=%s", a->key, a->value);
}

char *lines_assign(const char *text, const char *key, const char *value)
{
	struct assignment a = { .key = key, .value = value };
	autofree char *new = lines_edit(text, assign, &a);

	return a.done ? steal(&new) : xasprintf("%s%s=%s\n", new, key, value);
}
