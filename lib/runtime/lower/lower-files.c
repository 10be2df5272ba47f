/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the host without which liblxc starts no container, and reports no reason. */
#include "lib/runtime/lower/lower-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/lower/lower.h"

/* A hook is a line for the shell, which begins with a program.  The caller frees; NULL: unknown. */
static char *program_of(const char *line)
{
	size_t n = strcspn(line, " \t");

	return strcspn(line, "'\"\\$`*?[;&|<>()") < n ? NULL : xstrndup(line, n);
}

static char *whole(const char *value)
{
	return xstrdup(value);
}

/* The source of an fstab(5) line that binds it, unless that is optional. */
static char *bound_by(const char *entry)
{
	autostrv char **field = strv_split(entry, " \t");
	autostrv char **option = strv_len(field) > 3 ? strv_split(field[3], ",") : NULL;

	if (!option || strchr(field[0], '\\') || strv_has(option, "optional") ||
	    (!strv_has(option, "bind") && !strv_has(option, "rbind")))
		return NULL;
	return xstrdup(field[0]);
}

static const struct {
	const char *key;
	char *(*file)(const char *value);
} keys[] = {
	{ "lxc.hook.autodev", program_of },
	{ "lxc.hook.mount", program_of },
	{ "lxc.hook.pre-mount", program_of },
	{ "lxc.hook.pre-start", program_of },
	{ "lxc.hook.start-host", program_of },
	{ "lxc.mount.entry", bound_by },
	{ "lxc.mount.fstab", whole },
	{ "lxc.seccomp.profile", whole },
};

int lower_check_files(const struct conf_file *f, const struct host *host,
		      const struct conf_line *line, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		autofree char *path = NULL;

		if (!str_eq(line->name, keys[i].key))
			continue;
		path = keys[i].file(line->value);
		/* A relative path is relative to a folder that only liblxc knows. */
		if (!path || *path != '/' || host->file_exists(host->ctx, path))
			return 0;
		err_set(e, ENOENT, NULL, "there is no such file: \"%s\"", path);
		err_remedy(e, "restore it, or remove the line");
		return lower_err(f, line, e);
	}
	return 0;
}
