/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/services.h"
#include "setup/step.h"

#define UNITS "/etc/systemd/system"
#define MAX_UNITS 8 /* units of Also= */

/* Reads a packaged unit. */
static char *read_unit(struct setup *s, const char *unit, char **ret_path)
{
	static const char *const dirs[] = { UNITS, "/usr/lib/systemd/system",
					    "/lib/systemd/system" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autofree char *path = xasprintf("%s/%s", dirs[i], unit), *text = NULL;

		if (tree_read_optional(s->tree, path, &text, NULL) == 0 && text) {
			*ret_path = steal(&path);
			return steal(&text);
		}
	}
	return NULL;
}

/* Whether name is a valid name of a unit; it becomes a part of a path. */
static bool is_unit_name(const char *name)
{
	return *name && *name != '.' && !has_control(name) && !strchr(name, '/') &&
	       !strchr(name, '%');
}

static int link_in(struct setup *s, const char *path, const char *dir, const char *unit,
		   struct err *e)
{
	autofree char *link = xasprintf("%s/%s", dir, unit);
	int n;

	if (tree_lkind(s->tree, link))
		return 0;
	n = tree_mkdir(s->tree, dir, 0755, e);
	return n < 0 ? n : tree_symlink(s->tree, path, link, e);
}

/* Applies one line of [Install]; adds the units of Also= to *units. */
static int apply(struct setup *s, const char *path, const char *unit, const char *line,
		 char ***units, struct err *e)
{
	size_t len = strcspn(line, "= \t");
	const char *value = strchr(line, '=');
	autofree char *key = xstrndup(line, len);
	autostrv char **names = value ? strv_split(value + 1, " \t\r") : NULL;
	int n = 0;

	for (char **name = names; n == 0 && name && *name; name++) {
		autofree char *dir = NULL;

		if (!is_unit_name(*name))
			continue;
		if (str_eq(key, "Also") && !strv_has(*units, *name) && strv_len(*units) < MAX_UNITS)
			strv_push(units, *name);
		if (str_eq(key, "Alias"))
			n = link_in(s, path, UNITS, *name, e);
		if (str_eq(key, "WantedBy"))
			dir = xasprintf(UNITS "/%s.wants", *name);
		if (str_eq(key, "RequiredBy"))
			dir = xasprintf(UNITS "/%s.requires", *name);
		if (dir)
			n = link_in(s, path, dir, unit, e);
	}
	return n;
}

static int enable_one(struct setup *s, const char *unit, char ***units, struct err *e)
{
	autofree char *path = NULL, *text = read_unit(s, unit, &path);
	autostrv char **lines = text ? strv_split(text, "\n") : NULL;
	bool install = false;
	int n = 0, found = 0;

	for (char **line = lines; n == 0 && line && *line; line++) {
		if (**line == '[') {
			install = str_after(*line, "[Install]");
			continue;
		}
		if (!install || **line == '#' || **line == ';')
			continue;
		found = 1;
		n = apply(s, path, unit, *line, units, e);
	}
	return n < 0 ? n : found;
}

int service_enable(struct setup *s, const char *unit, struct err *e)
{
	autostrv char **units = NULL;
	int found = 0;

	strv_push(&units, unit);
	for (size_t i = 0; i < strv_len(units); i++) {
		/* A copy, because enable_one() may reallocate the vector. */
		autofree char *name = xstrdup(units[i]);
		int n = enable_one(s, name, &units, e);

		if (n < 0)
			return n;
		found |= i == 0 && n;
	}
	strv_free(s->wants_dirs);
	s->wants_dirs = NULL;
	return found;
}
