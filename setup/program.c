/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/tree.h"

#define MAX_LINKS 10
#define MAX_LOOK (4 * 1024 * 1024) /* a static busybox has 2 MiB, and its name near the end */

char *program_find(struct tree *t, const char *name)
{
	static const char *const dirs[] = { "/sbin", "/usr/sbin", "/bin", "/usr/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autofree char *path = xasprintf("%s/%s", dirs[i], name);

		if (tree_is_exec(t, path))
			return steal(&path);
	}
	return NULL;
}

bool program_is_there(struct tree *t, const char *name)
{
	autofree char *path = program_find(t, name);

	return path;
}

size_t program_find_mark(struct tree *t, const char *path, const char *const *marks, size_t n)
{
	autofree char *text = xrealloc(NULL, 1, MAX_LOOK); /* zeroed, it costs 2 ms and 4 MiB */
	size_t len, i;

	if (tree_read_head(t, path, text, MAX_LOOK, &len, NULL) < 0)
		return n;
	for (i = 0; i < n && !memmem(text, len, marks[i], strlen(marks[i])); i++)
		;
	return i;
}

bool program_is_busybox(struct tree *t, const char *path)
{
	static const char *const mark = "BusyBox v";

	return program_find_mark(t, path, &mark, 1) == 0;
}

char *program_real_name(struct tree *t, const char *path)
{
	autofree char *at = xstrdup(path);

	for (unsigned i = 0; i < MAX_LINKS && tree_lkind(t, at) == S_IFLNK; i++) {
		autofree char *target = NULL, *old = NULL;

		if (tree_readlink(t, at, &target, NULL) < 0)
			return NULL;
		old = steal(&at);
		if (target[0] == '/')
			at = steal(&target);
		else
			at = xasprintf("%.*s/%s", (int)(strrchr(old, '/') - old), old, target);
	}
	if (tree_kind(t, at) != S_IFREG)
		return NULL;
	return xstrdup(strrchr(at, '/') + 1);
}
