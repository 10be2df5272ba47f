/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/mount-ids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/idmap.h"
#include "lib/storage/storage.h"

/* The ids of one kind, u or g, while ranges are cut out of them. */
struct ids {
	struct idmap_range *v;
	unsigned *n;
};

static struct ids ids_of(struct idmap *map, char kind)
{
	return kind == 'u' ? (struct ids){ map->uid, &map->n_uid } :
			     (struct ids){ map->gid, &map->n_gid };
}

static int add(struct ids *ids, struct idmap_range range, struct err *e)
{
	if (range.count == 0)
		return 0;
	if (*ids->n == IDMAP_MAX_RANGES)
		return err_set(e, E2BIG, NULL, "idmap needs more than %d ranges",
			       IDMAP_MAX_RANGES);
	ids->v[(*ids->n)++] = range;
	return 0;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/*
 * Add a range of the container's map, without the container's ids that idmap names.  on_disk: the
 * files of these ids have the container's ids on disk, else the host's.
 */
static int add_rest(struct ids *to, const struct idmap_range *range, bool on_disk,
		    const struct conf_volume_ids *named, size_t n, char kind, struct err *e)
{
	uint32_t at = 0;

	while (at < range->count) {
		uint32_t inside = range->inside + at, count = range->count - at;
		bool skip = false;
		int r;

		for (size_t i = 0; i < n && !skip; i++) {
			if (named[i].kind != kind)
				continue;
			skip = inside - named[i].inside < named[i].count;
			if (skip)
				count = smaller(count, named[i].inside + named[i].count - inside);
			else if (named[i].inside > inside)
				count = smaller(count, named[i].inside - inside);
		}
		r = skip ? 0 :
			   add(to,
			       (struct idmap_range){ on_disk ? inside : range->outside + at,
						     range->outside + at, count },
			       e);
		if (r < 0)
			return r;
		at += count;
	}
	return 0;
}

/* The host's id of a container's id; false: it has none. */
static bool outside_of(const struct ids *map, uint32_t inside, uint32_t count, uint32_t *ret)
{
	for (unsigned i = 0; i < *map->n; i++) {
		const struct idmap_range *range = &map->v[i];

		if (inside >= range->inside && inside - range->inside < range->count &&
		    count <= range->count - (inside - range->inside)) {
			*ret = range->outside + (inside - range->inside);
			return true;
		}
	}
	return false;
}

static bool overlaps(const struct ids *ids)
{
	for (unsigned i = 0; i < *ids->n; i++)
		for (unsigned k = 0; k < i; k++) {
			const struct idmap_range *a = &ids->v[i], *b = &ids->v[k];

			if (a->inside < b->inside + b->count && b->inside < a->inside + a->count)
				return true;
			if (a->outside < b->outside + b->count &&
			    b->outside < a->outside + a->count)
				return true;
		}
	return false;
}

/* word: where the ids are named, owner or idmap. */
static int build(const struct idmap *map, bool on_disk, const struct conf_volume_ids *named,
		 size_t n, const char *word, char kind, struct idmap *ret, struct err *e)
{
	struct ids from = ids_of((struct idmap *)map, kind), to = ids_of(ret, kind);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		uint32_t outside = 0;

		if (named[i].kind != kind)
			continue;
		if (!outside_of(&from, named[i].inside, named[i].count, &outside))
			return err_set(e, EINVAL, NULL,
				       "%s names %c %u to %u, which the container lacks", word,
				       kind, named[i].inside,
				       named[i].inside + named[i].count - 1);
		r = add(&to, (struct idmap_range){ named[i].on_disk, outside, named[i].count }, e);
	}
	for (unsigned i = 0; i < *from.n && r == 0; i++)
		r = add_rest(&to, &from.v[i], on_disk, named, n, kind, e);
	if (r == 0 && overlaps(&to))
		return err_set(e, EINVAL, NULL, "%s maps an id twice", word);
	return r;
}

/* The config has checked the texts. */
static void parse(const struct conf_volume *v, struct conf_volume_ids **ret, size_t *ret_n)
{
	autofree char *text = NULL;
	autostrv char **parts = NULL;

	if (v->owner) {
		autostrv char **ids = strv_split(v->owner, ":");

		text = xasprintf("u:%s:%s:1;g:%s:%s:1", ids[0], ids[0], ids[1], ids[1]);
	}
	parts = strv_split(text ? text : v->idmap, "; ");
	*ret = xcalloc(strv_len(parts) + 1, sizeof **ret);
	for (*ret_n = 0; parts[*ret_n]; ++*ret_n)
		conf_volume_ids_parse(parts[*ret_n], &(*ret)[*ret_n]);
}

int mount_ids(const struct conf_volume *v, const struct idmap *map, bool on_disk,
	      struct idmap *ret, bool *ret_needed, struct err *e)
{
	autofree struct conf_volume_ids *named = NULL;
	const char *word = v->owner ? "owner" : "idmap";
	bool passes = str_eq(v->idmap, CONF_PASSTHROUGH);
	size_t n = 0;
	int r;

	*ret = (struct idmap){ .n_uid = 0 };
	*ret_needed = !passes && (on_disk || v->owner || v->idmap);
	if (!*ret_needed)
		return 0;
	if (v->owner || v->idmap)
		parse(v, &named, &n);
	r = build(map, on_disk, named, n, word, 'u', ret, e);
	return r < 0 ? r : build(map, on_disk, named, n, word, 'g', ret, e);
}

static bool has_outside(const struct idmap *map, uint32_t outside)
{
	for (unsigned i = 0; i < map->n_uid; i++)
		if (outside - map->uid[i].outside < map->uid[i].count)
			return true;
	return false;
}

bool volume_hides_ids(const struct conf *conf, const struct conf_volume *v, struct err *ret)
{
	unsigned uid = 1000, gid = 1000;
	struct ids uids, gids;
	struct idmap map;
	struct stat st;
	uint32_t id;

	if (v->kind != CONF_BIND || v->owner || v->idmap || !conf->mapped ||
	    conf_idmap(conf, &map, NULL) < 0 || lstat(v->id, &st) < 0 ||
	    has_outside(&map, st.st_uid))
		return false;
	/* The ids of root are not given away, and ids that the container lacks cannot be. */
	uids = ids_of(&map, 'u');
	gids = ids_of(&map, 'g');
	if (st.st_uid && st.st_gid && outside_of(&uids, st.st_uid, 1, &id) &&
	    outside_of(&gids, st.st_gid, 1, &id)) {
		uid = st.st_uid;
		gid = st.st_gid;
	}
	err_set(ret, EPERM, v->id, "its files keep the ids of the host, so in the container they "
		"belong to nobody");
	err_remedy(ret, "to give the container's user %u and group %u the files of these ids of "
		   "the host: add owner=%u:%u to %s", uid, gid, uid, gid, v->slot);
	return true;
}

int volume_check_words(const struct conf *conf, const struct conf_volume *slot, struct err *e)
{
	/* Whoever looks at a mount point names it. */
	const char *object = str_eq(slot->slot, "rootfs") ? slot->slot : NULL;

	if (slot->quota && conf->mapped) {
		err_set(e, EPERM, object, "quota works only in a privileged container");
		return err_remedy(e, "remove quota=1");
	}
	if (conf->mapped || !(slot->owner || slot->idmap))
		return 0;
	err_set(e, EINVAL, object, "%s has no meaning in a privileged container, whose ids "
		"are the host's", slot->owner ? "owner" : "idmap");
	return err_remedy(e, "remove it");
}

int volume_fit(const struct volume *v, const struct idmap *map, struct err *e)
{
	autoclose int userns = idmap_userns(map, e), fd = -1;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (__u64)userns };

	if (userns < 0)
		return userns;
	fd = v->ops->mount(v, 0, e);
	if (fd < 0)
		return fd;
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0)
		return 0;
	if (fchownat(fd, "", idmap_root_uid(map), idmap_root_gid(map), AT_EMPTY_PATH) < 0)
		return err_sys(e, v->path, "give to container root");
	return 0;
}
