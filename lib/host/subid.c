/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/subid.h"

#include <stdlib.h>

#include "lib/base/file.h"
#include "lib/base/util.h"

#define MAX_SUBID_FILE (1024 * 1024)

static void add(struct subids *list, const char *owner, uint64_t first, uint64_t count)
{
	list->v = array_grow(list->v, list->n, sizeof *list->v);
	list->v[list->n++] = (struct subid){ xstrdup(owner),
					     str_eq(owner, "root") || str_eq(owner, "0"),
					     (uint32_t)first, (uint32_t)count };
}

void subids_read(const char *path, struct subids *ret)
{
	autostrv char **lines = file_lines(path, MAX_SUBID_FILE);

	*ret = (struct subids){ 0 };
	for (char **line = lines; line && *line; line++) {
		autostrv char **field = strv_split(*line, ":");
		uint64_t first, count;

		if (strv_len(field) == 3 && parse_uint(field[1], 1, UINT32_MAX - 1, &first) &&
		    parse_uint(field[2], 1, UINT32_MAX - first, &count))
			add(ret, field[0], first, count);
	}
}

void subids_done(struct subids *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].owner);
	free(list->v);
	*list = (struct subids){ 0 };
}

bool subids_grant_root(const struct subids *list, uint32_t first, uint32_t count)
{
	uint64_t at = first, end = (uint64_t)first + count;
	bool on = true;

	/* Each pass continues behind the line that contains the next id. */
	while (at < end && on) {
		on = false;
		for (size_t i = 0; i < list->n; i++) {
			const struct subid *s = &list->v[i];

			if (s->is_root && s->first <= at && at - s->first < s->count) {
				at = (uint64_t)s->first + s->count;
				on = true;
			}
		}
	}
	return at >= end;
}
