/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's id map: pve.unprivileged, and lxc.idmap lines, which override it. */
#include "lib/conf/idmap.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"
#include "lib/host/idmap.h"
#include "lib/host/subid.h"

/* Checks only the form; a start checks all values together. */
static int idmap_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		      struct err *e)
{
	struct idmap_range range;
	size_t n = f->n_idmap;
	char kind;

	(void)o;
	(void)field;
	if (!idmap_read_line(value, &kind, &range))
		return err_set(e, EINVAL, NULL, "is not u|g INSIDE OUTSIDE COUNT: \"%s\"", value);
	/* One more element for the NULL at the end. */
	f->values.idmap = array_grow(f->values.idmap, n + 1, sizeof *f->values.idmap);
	f->values.idmap[n] = value;
	f->values.idmap[n + 1] = NULL;
	f->n_idmap++;
	/* Maps a container's id to user or group 0 of the host. */
	f->maps_host_root = f->maps_host_root || range.outside == 0;
	return 0;
}

/* MAP[;MAP...] to lines.  b becomes u and g, as liblxc knows no b.  "shared" removes all lines. */
static int idmap_set(struct conf_file *f, const struct conf_option *o, const char *value,
		     struct err *e)
{
	autostrv char **maps = value && !str_eq(value, "shared") ? strv_split(value, ";") : NULL;
	autostrv char **lines = NULL;

	for (char **map = maps; map && *map; map++) {
		autostrv char **words = strv_split(*map, " \t");
		bool both = *words && str_eq(*words, "b");

		for (const char *kind = both ? "ug" : "-"; *kind && *words; kind++) {
			autofree char *line = NULL;

			if (both)
				*words[0] = *kind;
			line = strv_join(words, " ");
			strv_push(&lines, line);
		}
	}
	if (maps && !lines)
		return err_set(e, EINVAL, NULL, "is empty: \"%s\"", value);
	return conf_put_lines(f, o->key, lines, e);
}

static char *idmap_get(const struct conf_file *f)
{
	return f->values.idmap ? strv_join(f->values.idmap, ";") : NULL;
}

const struct conf_type conf_type_idmap = { .read = idmap_read, .set = idmap_set, .get = idmap_get,
					   .many = true,
					   .form = "u|g INSIDE OUTSIDE COUNT" };

void conf_idmap_finish(struct conf_file *f)
{
	struct conf *c = &f->values;

	c->mapped = c->idmap || f->marked_unprivileged;
	c->unprivileged = c->mapped && !f->maps_host_root;
}

static int unprivileged_read(struct conf_file *f, const struct conf_option *o, char *value,
			     void *field, struct err *e)
{
	return conf_type_bool.read(f, o, value, field, e);
}

static int unprivileged_encode(const char *value, char **ret, struct err *e)
{
	return conf_type_bool.encode(value, ret, e);
}

/* Derived from the id map, if there is one. */
static char *unprivileged_get(const struct conf_file *f)
{
	const struct line *line = conf_line_find(f, "pve.unprivileged");

	if (f->values.idmap)
		return xstrdup(f->values.unprivileged ? "1" : "0");
	return line ? xstrdup(line->value) : NULL;
}

const struct conf_type conf_type_unprivileged = { .read = unprivileged_read,
						  .encode = unprivileged_encode,
						  .get = unprivileged_get };

int conf_idmap(const struct conf *conf, struct idmap *ret, struct err *e)
{
	if (conf->idmap && conf->idmap[0])
		return idmap_parse(conf->idmap, ret, NULL, e);
	return idmap_default(ret, e);
}

/* Make e an error about line n of the id map. */
static int own_err(const struct conf_file *f, size_t n, struct err *e)
{
	const struct conf_line *lines;
	size_t n_lines = conf_lines(f, &lines);

	for (size_t i = 0; i < n_lines; i++)
		if (str_eq(lines[i].name, "lxc.idmap") && n-- == 0) {
			err_set_object(e, NULL);
			return conf_line_err(f, lines[i].number, lines[i].spelt, e);
		}
	return err_code(e);
}

static bool is_granted(const char *path, const struct idmap_range *range)
{
	struct subids list;
	bool yes;

	subids_read(path, &list);
	yes = subids_grant_root(&list, range->outside, range->count);
	subids_done(&list);
	return yes;
}

/* liblxc writes a map with host root itself, and runs newuidmap for all others. */
static int check_granted(const struct conf_file *f, const struct idmap *map, struct err *e)
{
	char *const *values = conf_values(f)->idmap;

	for (unsigned i = 0; i < map->n_uid; i++)
		if (map->uid[i].outside == 0)
			return 0;
	for (size_t i = 0; values[i]; i++) {
		const char *path = *values[i] == 'u' ? SUBUID : SUBGID;
		struct idmap_range range;
		char kind;

		if (idmap_parse_range(values[i], &kind, &range, NULL) < 0 ||
		    is_granted(path, &range))
			continue;
		err_set(e, EPERM, NULL, "the ids of \"%s\" are not delegated to root", values[i]);
		own_err(f, i, e);
		return err_remedy(e, "add the line \"root:%u:%u\" to %s", range.outside,
				  range.count, path);
	}
	return 0;
}

int conf_idmap_for_start(const struct conf_file *f, struct idmap *ret, struct err *e)
{
	const struct conf *conf = conf_values(f);
	size_t bad;
	int r;

	if (!conf->idmap)
		return idmap_default(ret, e);
	r = idmap_parse(conf->idmap, ret, &bad, e);
	/* An error about all lines names the first. */
	if (r < 0)
		return own_err(f, conf->idmap[bad] ? bad : 0, e);
	return idmap_has_newuidmap() ? check_granted(f, ret, e) : 0;
}
