/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/own-volumes.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/util.h"

static void add(struct own_volumes *list, const char *path, uint64_t dev, uint64_t ino)
{
	list->v = array_grow(list->v, list->n, sizeof *list->v);
	list->v[list->n++] = (struct own_volume){ xstrdup(path), dev, ino };
}

void own_volumes_add(struct own_volumes *list, const char *path, const struct stat *top)
{
	add(list, path, top->st_dev, top->st_ino);
}

void own_volumes_done(struct own_volumes *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].path);
	free(list->v);
	*list = (struct own_volumes){ 0 };
}

char *own_volume_text(const struct own_volume *v)
{
	return xasprintf("%llu %llu %s", (unsigned long long)v->dev, (unsigned long long)v->ino,
			 v->path);
}

bool own_volumes_parse(struct own_volumes *list, const char *text)
{
	size_t first = strcspn(text, " ");
	autofree char *dev = xstrndup(text, first), *ino = NULL;
	const char *rest = text[first] ? text + first + 1 : "", *path;
	uint64_t n[2];

	ino = xstrndup(rest, strcspn(rest, " "));
	path = strchr(rest, '/');
	if (!parse_uint(dev, 0, UINT64_MAX, &n[0]) || !parse_uint(ino, 0, UINT64_MAX, &n[1]) ||
	    !path || list->n == OWN_VOLUMES_MAX)
		return false;
	add(list, path, n[0], n[1]);
	return true;
}
