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

/* Options of rootfs that protect the files of the container, or the host from them. */
static bool protects(const char *value)
{
	autostrv char **words = strv_split(value, ",;");

	for (char **word = words; *word; word++) {
		const char *first = str_after(*word, "mountoptions=");
		const char *option = first ? first : *word;

		if (str_eq(option, "ro") || str_eq(option, "ro=1") || str_eq(option, "nodev") ||
		    str_eq(option, "noexec") || str_eq(option, "nosuid"))
			return true;
	}
	return false;
}

/* A key may be followed by a number.  without NULL: the container lacks nothing. */
static const struct {
	const char *key, *without;
	bool (*is_vital)(const char *value);
} keys[] = {
	{ "pve.cmode", "the console is always a terminal", never },
	{ "pve.dev", "devices are not passed on yet", never },
	{ "pve.hookscript",
	  "hook scripts are not run yet, so the container would run without "
	  "their preparations and checks",
	  always },
	{ "pve.mp",
	  "mount points are not mounted yet, so the container would run without its "
	  "data",
	  always },
	{ "pve.rootfs", "options of the root volume have no effect yet", protects },
	{ "pve.unused", NULL, never },
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

static int put_kept(struct conf_file *f, const char *name, const char *value, struct err *e)
{
	autofree char *key = xasprintf("pve.%s", name), *volume = NULL, *size = NULL;
	const struct conf_volume *root = &f->rootfs;

	if (!f->original)
		return conf_put_line(f, key, value, e);
	/* There the line of rootfs also has the volume. */
	if (str_eq(name, "rootfs") && root->id) {
		size = conf_disksize(root->mib);
		volume = root->mib ? xasprintf("%s,size=%sG", root->id, size) : xstrdup(root->id);
	}
	return conf_pve_put_key(f, name, volume ? volume : value, e);
}

/* Keep a volume as the first free unusedN. */
static int keep_unused(struct conf_file *f, const char *volume, struct err *e)
{
	struct conf_kept ignored;

	for (unsigned n = 0;; n++) {
		autofree char *name = xasprintf("unused%u", n);

		if (!conf_kept_find(f, name, &ignored))
			return put_kept(f, name, volume, e);
	}
}

char *conf_kept_volume(const struct conf_kept *kept)
{
	autostrv char **words = strv_split(kept->value, ",");

	if (!str_after(kept->name, "mp") && !str_after(kept->name, "unused"))
		return NULL;
	for (char **word = words; *word; word++) {
		const char *named = str_after(*word, "volume=");
		const char *id = named ? named : *word;

		if (named || !strchr(*word, '='))
			return *id == '/' ? NULL : xstrdup(id);
	}
	return NULL;
}

int conf_kept_drop(struct conf_file *f, const char *name, struct err *e)
{
	autofree char *volume = NULL;
	struct conf_kept kept;
	int r;

	if (!conf_kept_find(f, name, &kept))
		return 0;
	if (str_after(name, "mp"))
		volume = conf_kept_volume(&kept);
	r = put_kept(f, name, NULL, e);
	return r < 0 || !volume ? r : keep_unused(f, volume, e);
}
