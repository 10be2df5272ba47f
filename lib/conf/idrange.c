/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/idrange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/host/hostids.h"
#include "lib/host/idmap.h"
#include "lib/host/subid.h"

#define FIRST_FREE 100000          /* lower ids are, or will be, users of the host */
#define LAST_FREE UINT32_MAX       /* not a valid id */
#define TO_ADD (100 * IDRANGE_COUNT) /* size of the range that a remedy suggests */

/* ---- ranges in configs ---- */

void idranges_done(struct idranges *list)
{
	free(list->v);
	*list = (struct idranges){ 0 };
}

bool idrange_overlap(const struct idrange *a, const struct idrange *b)
{
	return a->group == b->group && (uint64_t)a->first < (uint64_t)b->first + b->count &&
	       (uint64_t)b->first < (uint64_t)a->first + a->count;
}

bool idrange_is_shared(const struct idrange *a, const struct idrange *b,
		       const struct idmap *shared)
{
	uint32_t first = a->first > b->first ? a->first : b->first;
	uint64_t a_end = (uint64_t)a->first + a->count, b_end = (uint64_t)b->first + b->count;
	const struct idmap_range *r = !shared ? NULL : a->group ? shared->gid : shared->uid;

	return r && first >= r->outside &&
	       (a_end < b_end ? a_end : b_end) <= (uint64_t)r->outside + r->count;
}

static void add(struct idranges *list, unsigned ctid, bool group, uint32_t first, uint32_t count)
{
	list->v = array_grow(list->v, list->n, sizeof *list->v);
	list->v[list->n++] = (struct idrange){ ctid, group, first, count };
}

static void take_map(struct idranges *list, unsigned ctid, const char *map)
{
	struct idmap_range range;
	char kind;

	if (!idmap_read_line(map, &kind, &range))
		return;
	if (kind != 'g')
		add(list, ctid, false, range.outside, range.count);
	if (kind != 'u')
		add(list, ctid, true, range.outside, range.count);
}

/* The value of a line with id maps, in either format; NULL: another line. */
static const char *map_value(const char *line)
{
	static const char *const keys[] = { "lxc.idmap", "lxc.id_map", "idmap" };
	static const char *const prefixes[] = { "snap.", "pending." };

	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_after(line, prefixes[i]))
			line = str_after(line, prefixes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = str_after(line, keys[i]);

		value = value ? value + strspn(value, " \t") : NULL;
		if (value && (*value == '=' || *value == ':'))
			return value + 1;
	}
	return NULL;
}

static void take_text(struct idranges *list, unsigned ctid, const char *text)
{
	autostrv char **lines = strv_split(text, "\n");

	for (char **line = lines; *line; line++) {
		const char *value = map_value(*line);
		autostrv char **maps = value ? strv_split(value, ";\r\"'") : NULL;

		for (char **map = maps; map && *map; map++)
			take_map(list, ctid, *map);
	}
}

int idranges_read(unsigned but_ctid, struct idranges *ret, struct err *e)
{
	struct idranges list = { 0 };
	struct store_list all;
	int r = store()->list(NULL, &all, e);

	/* No container has been created yet. */
	r = r == -ENOENT ? 0 : r;
	for (size_t i = 0; i < all.n && r == 0; i++) {
		autofree char *text = NULL;

		if (all.v[i].ctid == but_ctid)
			continue;
		r = file_read(all.v[i].path, CONF_MAX_SIZE, &text, NULL, e);
		/* The container was destroyed meanwhile. */
		r = r == -ENOENT ? 0 : r;
		if (text)
			take_text(&list, all.v[i].ctid, text);
	}
	store_list_done(&all);
	if (r < 0)
		idranges_done(&list);
	else
		*ret = list;
	return r;
}

/* ---- free ranges ---- */

/* Ids from first to end - 1. */
struct span {
	uint64_t first, end;
};
struct spans {
	struct span *v;
	size_t n;
};

static void spans_add(struct spans *s, uint64_t first, uint64_t end)
{
	if (first >= end)
		return;
	s->v = xrealloc(s->v, s->n + 1, sizeof *s->v);
	s->v[s->n++] = (struct span){ first, end };
}

static void spans_take_away(struct spans *s, uint64_t first, uint64_t end)
{
	struct spans left = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		const struct span *at = &s->v[i];

		spans_add(&left, at->first, at->end < first ? at->end : first);
		spans_add(&left, at->first > end ? at->first : end, at->end);
	}
	free(s->v);
	*s = left;
}

static int compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Sort, and join adjacent spans. */
static void spans_join(struct spans *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, compare);
	for (size_t i = 0; i < s->n; i++) {
		if (n && s->v[i].first <= s->v[n - 1].end) {
			if (s->v[i].end > s->v[n - 1].end)
				s->v[n - 1].end = s->v[i].end;
		} else {
			s->v[n++] = s->v[i];
		}
	}
	s->n = n;
}

static struct spans spans_common(const struct spans *a, const struct spans *b)
{
	struct spans both = { 0 };

	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			spans_add(&both,
				  a->v[i].first > b->v[k].first ? a->v[i].first : b->v[k].first,
				  a->v[i].end < b->v[k].end ? a->v[i].end : b->v[k].end);
	return both;
}

/* The first id of count free ones; 0: none. */
static uint32_t spans_find(const struct spans *s, uint64_t count)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].end - s->v[i].first >= count)
			return (uint32_t)s->v[i].first;
	return 0;
}

/* The subid file and the database of one kind of id. */
struct source {
	const char *subid, *hostid;
	bool group;
};
static const struct source sources[2] = { { SUBUID, PASSWD, false }, { SUBGID, GROUP, true } };

/* Ids in use by others are not free, even if they are delegated to root. */
static void take_others(const struct source *from, const struct idranges *used,
			const struct subids *subids, struct spans *free_ids)
{
	struct hostids users;
	struct idmap shared;

	for (size_t i = 0; i < used->n; i++)
		if (used->v[i].group == from->group)
			spans_take_away(free_ids, used->v[i].first,
					(uint64_t)used->v[i].first + used->v[i].count);
	for (size_t i = 0; i < subids->n; i++)
		if (!subids->v[i].is_root)
			spans_take_away(free_ids, subids->v[i].first,
					(uint64_t)subids->v[i].first + subids->v[i].count);
	hostids_read(from->hostid, &users);
	for (size_t i = 0; i < users.n; i++)
		spans_take_away(free_ids, users.v[i].id, (uint64_t)users.v[i].id + 1);
	hostids_done(&users);
	if (idmap_default(&shared, NULL) == 0) {
		const struct idmap_range *r = from->group ? shared.gid : shared.uid;

		spans_take_away(free_ids, r->outside, (uint64_t)r->outside + r->count);
	}
}

static struct spans find_free(const struct source *from, const struct idranges *used)
{
	struct spans free_ids = { 0 };
	struct subids subids;

	subids_read(from->subid, &subids);
	for (size_t i = 0; i < subids.n; i++)
		if (subids.v[i].is_root)
			spans_add(&free_ids, subids.v[i].first,
				  (uint64_t)subids.v[i].first + subids.v[i].count);
	spans_join(&free_ids);
	take_others(from, used, &subids, &free_ids);
	subids_done(&subids);
	return free_ids;
}

/* The ids that are not delegated to anybody. */
static struct spans find_unused(const struct source *from, const struct idranges *used)
{
	struct spans unused = { 0 };
	struct subids subids;

	spans_add(&unused, FIRST_FREE, LAST_FREE);
	subids_read(from->subid, &subids);
	for (size_t i = 0; i < subids.n; i++)
		spans_take_away(&unused, subids.v[i].first,
				(uint64_t)subids.v[i].first + subids.v[i].count);
	take_others(from, used, &subids, &unused);
	subids_done(&subids);
	return unused;
}

static int all_used(const struct source from[2], const struct idranges *used, bool users,
		    bool groups, struct err *e)
{
	struct spans unused[2] = { find_unused(&from[0], used), find_unused(&from[1], used) };
	struct spans both = spans_common(&unused[0], &unused[1]);
	uint32_t count = TO_ADD, first = spans_find(&both, count);

	if (!first) {
		count = IDRANGE_COUNT;
		first = spans_find(&both, count);
	}
	for (int i = 0; i < 2; i++)
		free(unused[i].v);
	free(both.v);
	err_set(e, ENOSPC, from[users].subid, "all ids delegated to root are in use; a "
		"container's own range needs %d", IDRANGE_COUNT);
	if (!first)
		return err_remedy(e, "destroy a container that has its own range");
	return err_remedy(e, "add the line \"root:%u:%u\" to %s%s%s", first, count,
			  from[users].subid, users || groups ? "" : " and ",
			  users || groups ? "" : from[1].subid);
}

static int pick(const struct source from[2], const struct idranges *used, struct idmap *ret,
		struct err *e)
{
	struct spans ids[2] = { find_free(&from[0], used), find_free(&from[1], used) };
	struct spans both = spans_common(&ids[0], &ids[1]);
	/* Suggest the same numbers for users and groups if possible. */
	uint32_t same = spans_find(&both, IDRANGE_COUNT);
	uint32_t uid = same ? same : spans_find(&ids[0], IDRANGE_COUNT);
	uint32_t gid = same ? same : spans_find(&ids[1], IDRANGE_COUNT);

	for (int i = 0; i < 2; i++)
		free(ids[i].v);
	free(both.v);
	if (!uid || !gid)
		return all_used(from, used, uid, gid, e);
	*ret = (struct idmap){ .uid = { { 0, uid, IDRANGE_COUNT } },
			       .gid = { { 0, gid, IDRANGE_COUNT } }, .n_uid = 1, .n_gid = 1 };
	return 0;
}

int idrange_pick(const struct idranges *used, struct idmap *ret, struct err *e)
{
	return pick(sources, used, ret, e);
}
