/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/hostids.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/util.h"

#define MAX_FILE (4 * 1024 * 1024)

static void add(struct hostids *list, const char *line)
{
	size_t name = strcspn(line, ":");
	const char *at = line[name] ? strchr(line + name + 1, ':') : NULL;
	autofree char *number = at ? xstrndup(at + 1, strcspn(at + 1, ":")) : NULL;
	uint64_t id;

	if (!number || !parse_uint(number, 0, UINT32_MAX, &id))
		return;
	list->v = array_grow(list->v, list->n, sizeof *list->v);
	list->v[list->n++] = (struct hostid){ xstrndup(line, name), (uint32_t)id };
}

void hostids_read(const char *path, struct hostids *ret)
{
	autostrv char **lines = file_lines(path, MAX_FILE);

	*ret = (struct hostids){ 0 };
	for (char **line = lines; line && *line; line++)
		add(ret, *line);
}

void hostids_done(struct hostids *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].name);
	free(list->v);
	*list = (struct hostids){ 0 };
}

const struct hostid *hostids_find(const struct hostids *list, uint32_t first, uint32_t count)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].id >= first && list->v[i].id - first < count)
			return &list->v[i];
	return NULL;
}
