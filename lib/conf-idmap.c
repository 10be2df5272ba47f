/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose ids a container has: pve.unprivileged, and the lxc.idmap lines that say more than it. */
#include "lib/conf-internal.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/err.h"
#include "lib/util.h"

static int bad(struct err *e, const char *value)
{
	return err_set(e, EINVAL, NULL, "is not u|g INSIDE OUTSIDE COUNT: \"%s\"", value);
}

/* lib/idmap.h parses them; here only their form counts, so that the line can be named. */
static int idmap_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		      struct err *e)
{
	autostrv char **words = strv_split(value, " \t");
	size_t n = f->n_idmap;
	uint64_t id;

	(void)o;
	(void)field;
	if (strv_len(words) != 4 || (!str_eq(words[0], "u") && !str_eq(words[0], "g") &&
				     !str_eq(words[0], "b")))
		return bad(e, value);
	for (size_t i = 1; i < 4; i++)
		if (!parse_uint(words[i], i == 3, UINT32_MAX, &id))
			return bad(e, value);
	/* Room grows in powers of two. */
	if ((n & (n + 1)) == 0)
		f->values.idmap = xrealloc(f->values.idmap, 2 * n + 2, sizeof *f->values.idmap);
	f->values.idmap[n] = value;
	f->values.idmap[n + 1] = NULL;
	f->n_idmap++;
	/* User or group 0 of the host, whatever it is called inside. */
	f->maps_host_root = f->maps_host_root || strtoul(words[2], NULL, 10) == 0;
	return 0;
}

/* MAP[;MAP...], where b is for u and g, which is all that liblxc knows; "shared": no map. */
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
	return conf_put_all(f, o->key, lines, e);
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

/* What the map says, where there is one. */
static char *unprivileged_get(const struct conf_file *f)
{
	const struct line *line = conf_find(f, "pve.unprivileged");

	if (f->values.idmap)
		return xstrdup(f->values.unprivileged ? "1" : "0");
	return line ? xstrdup(line->value) : NULL;
}

const struct conf_type conf_type_unprivileged = { .read = unprivileged_read,
						  .encode = unprivileged_encode,
						  .get = unprivileged_get };
