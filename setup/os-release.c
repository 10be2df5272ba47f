/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/os-release.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "setup/tree.h"

void os_release_done(struct os_release *os)
{
	free(os->id);
	strv_free(os->like);
	free(os->version);
	free(os->pretty);
	*os = (struct os_release){ 0 };
}

/* The value of an assignment up to a blank outside quotes, without quotes and backslashes. */
static char *unquote(const char *s)
{
	struct buf b = BUF_INIT;
	char quote = 0, *value;

	for (; *s && *s != '\n'; s++) {
		if (!quote && (*s == '"' || *s == '\'')) {
			quote = *s;
		} else if (quote && *s == quote) {
			quote = 0;
		} else if (!quote && (*s == ' ' || *s == '\t' || *s == '\r')) {
			break;
		} else if (*s == '\\' && quote != '\'' && s[1] && s[1] != '\n') {
			buf_addc(&b, *++s);
		} else {
			buf_addc(&b, *s);
		}
	}
	value = buf_detach(&b);
	text_sanitize(value, "");
	return value;
}

static void take(char **field, const char *value)
{
	free(*field);
	*field = unquote(value);
}

void os_release_parse(const char *text, struct os_release *ret)
{
	struct os_release os = { 0 };
	const char *value;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		line += strspn(line, " \t");
		value = str_after(line, "ID=");
		if (value)
			take(&os.id, value);
		value = str_after(line, "VERSION_ID=");
		if (value)
			take(&os.version, value);
		value = str_after(line, "PRETTY_NAME=");
		if (value)
			take(&os.pretty, value);
		value = str_after(line, "ID_LIKE=");
		if (value) {
			autofree char *like = unquote(value);

			strv_free(os.like);
			os.like = strv_split(like, " \t");
		}
	}
	*ret = os;
}

int os_release_read(struct tree *t, struct os_release *ret, struct err *e)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
	int first = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		autofree char *text = NULL;
		int n = tree_read(t, paths[i], &text, e);

		if (n == 0) {
			os_release_parse(text, ret);
			return 0;
		}
		if (n != -ENOENT && !first)
			first = n;
	}
	return first;
}

unsigned os_release_major(const struct os_release *os)
{
	unsigned n = 0;

	for (const char *s = os->version; s && *s >= '0' && *s <= '9' && n < 100000; s++)
		n = 10 * n + (unsigned)(*s - '0');
	return n;
}
