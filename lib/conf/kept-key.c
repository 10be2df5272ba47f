/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of Proxmox VE that pct keeps for a later version, and that have no effect yet. */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

static bool always(const char *value)
{
	(void)value;
	return true;
}

static bool never(const char *value)
{
	(void)value;
	return false;
}

/* A key may be followed by a number.  without NULL: the container lacks nothing. */
static const struct {
	const char *key, *without;
	bool (*is_vital)(const char *value);
} keys[] = {
	{ "pve.cmode", "the console is always a terminal", never },
	{ "pve.hookscript",
	  "hook scripts are not run yet, so the container would run without "
	  "their preparations and checks",
	  always },
};

bool conf_kept_read(const struct line *line, struct conf_kept *ret)
{
	bool on = true;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *rest = str_after(line->spelt, keys[i].key);

		if (!rest || rest[strspn(rest, "0123456789")])
			continue;
		*ret = (struct conf_kept){ .name = line->spelt + strlen("pve."),
					   .value = line->value };
		if (!parse_bool(line->value, &on) || on) {
			ret->without = keys[i].without;
			ret->is_vital = keys[i].is_vital(line->value);
		}
		return true;
	}
	return false;
}

bool conf_kept_next(const struct conf_file *f, size_t *at, struct conf_kept *ret)
{
	while (*at < f->n_lines) {
		const struct line *line = &f->lines[(*at)++];

		if (!line->spelt || line->in_snapshot || line->pending ||
		    !conf_kept_read(line, ret))
			continue;
		ret->line = (unsigned)*at;
		return true;
	}
	return false;
}

bool conf_kept_find(const struct conf_file *f, const char *name, struct conf_kept *ret)
{
	struct conf_kept kept;

	for (size_t at = 0; conf_kept_next(f, &at, &kept);)
		if (str_eq(kept.name, name)) {
			*ret = kept;
			return true;
		}
	return false;
}

int conf_kept_check(const struct conf_file *f, size_t *at, struct err *e)
{
	struct conf_kept kept;

	while (conf_kept_next(f, at, &kept)) {
		if (!kept.is_vital)
			continue;
		err_set(e, ENOTSUP, NULL, "%s", kept.without);
		conf_line_err(f, kept.line, f->lines[kept.line - 1].spelt, e);
		if (!f->ctid)
			return err_remedy(e, "remove the line if it can do without");
		return err_remedy(e, "if it can do without: pct set %u --delete %s", f->ctid,
				  kept.name);
	}
	return 0;
}

int conf_kept_drop(struct conf_file *f, const char *name, struct err *e)
{
	autofree char *key = xasprintf("pve.%s", name);
	struct conf_kept kept;

	if (!conf_kept_find(f, name, &kept))
		return 0;
	return f->original ? conf_pve_put_key(f, name, NULL, e) : conf_put_line(f, key, NULL, e);
}
