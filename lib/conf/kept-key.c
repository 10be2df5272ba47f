/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of Proxmox VE that pct keeps for a later version, and that have no effect yet. */
#include "lib/conf/conf-internal.h"

#include <string.h>

#include "lib/base/util.h"

static const struct {
	const char *key, *without; /* what this means for the container */
} keys[] = {
	{ "pve.cmode", "the console is always a terminal" },
};

bool conf_kept_read(const struct line *line, struct conf_kept *ret)
{
	bool on = true;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!str_eq(line->spelt, keys[i].key))
			continue;
		*ret = (struct conf_kept){ .name = line->spelt + strlen("pve.") };
		if (!parse_bool(line->value, &on) || on)
			ret->without = keys[i].without;
		return true;
	}
	return false;
}

/* Find the next such line behind line *at, and set *at to it.  False: there is none. */
static bool next(const struct conf_file *f, size_t *at, struct conf_kept *ret)
{
	while (*at < f->n_lines) {
		const struct line *line = &f->lines[(*at)++];

		if (line->spelt && !line->in_snapshot && !line->pending &&
		    conf_kept_read(line, ret))
			return true;
	}
	return false;
}

bool conf_kept_find(const struct conf_file *f, const char *name, struct conf_kept *ret)
{
	struct conf_kept kept;

	for (size_t at = 0; next(f, &at, &kept);)
		if (str_eq(kept.name, name)) {
			*ret = kept;
			return true;
		}
	return false;
}

int conf_kept_drop(struct conf_file *f, const char *name, struct err *e)
{
	autofree char *key = xasprintf("pve.%s", name);
	struct conf_kept kept;

	if (!conf_kept_find(f, name, &kept))
		return 0;
	return f->original ? conf_pve_put_key(f, name, NULL, e) : conf_put_line(f, key, NULL, e);
}
