/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/idmap.h"

#include <errno.h>
#include <string.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idrange.h"
#include "lib/host/idmap.h"
#include "lib/storage/shift.h"
#include "lib/storage/storage.h"

/* ---- a range of its own ---- */

static struct idrange range_of(unsigned ctid, bool group, const struct idmap_range *r)
{
	return (struct idrange){ ctid, group, r->outside, r->count };
}

static bool is_taken(const struct idranges *used, bool group, const struct idmap_range *r)
{
	struct idrange own = range_of(0, group, r);

	for (size_t i = 0; i < used->n; i++)
		if (idrange_overlap(&used->v[i], &own))
			return true;
	return false;
}

/* One range of users and one of groups, neither another container's nor the shared one. */
static bool has_own(const struct conf *conf, const struct idranges *used)
{
	struct idmap map, shared;

	return conf->idmap && idmap_parse(conf->idmap, &map, NULL, NULL) == 0 &&
	       map.n_uid == 1 && map.n_gid == 1 && map.uid[0].count >= IDRANGE_COUNT &&
	       map.gid[0].count >= IDRANGE_COUNT &&
	       (idmap_default(&shared, NULL) < 0 ||
		(shared.uid[0].outside != map.uid[0].outside &&
		 shared.gid[0].outside != map.gid[0].outside)) &&
	       !is_taken(used, false, &map.uid[0]) && !is_taken(used, true, &map.gid[0]);
}

int ct_idmap_assign(struct conf_file *f, struct err *e)
{
	autofree char *value = NULL;
	struct idranges used;
	struct idmap map;
	int r = idranges_read(conf_values(f)->ctid, &used, e);

	if (r < 0)
		return r;
	if (!has_own(conf_values(f), &used)) {
		r = idrange_pick(&used, &map, e);
		if (r == 0) {
			value = xasprintf("u 0 %u %u;g 0 %u %u", map.uid[0].outside,
					  map.uid[0].count, map.gid[0].outside, map.gid[0].count);
			r = conf_set(f, "idmap", value, e);
		}
	}
	idranges_done(&used);
	return r;
}

/* ---- a change ---- */

static int map_of(const struct conf *conf, struct idmap *ret, struct err *e)
{
	return conf->idmap ? idmap_parse(conf->idmap, ret, NULL, e) : idmap_default(ret, e);
}

/* Whether in maps each container id that of maps. */
static bool holds(const struct idmap_range *of, unsigned n_of, const struct idmap_range *in,
		  unsigned n_in)
{
	for (unsigned i = 0; i < n_of; i++) {
		uint64_t at = of[i].inside, end = at + of[i].count;
		bool on = true;

		while (at < end && on) {
			on = false;
			for (unsigned k = 0; k < n_in; k++)
				if (in[k].inside <= at && at - in[k].inside < in[k].count) {
					at = (uint64_t)in[k].inside + in[k].count;
					on = true;
				}
		}
		if (at < end)
			return false;
	}
	return true;
}

static int refuse(struct err *e, const char *cause, const char *remedy)
{
	err_set(e, EPERM, "idmap", "%s", cause);
	return err_remedy(e, "%s", remedy);
}

/*
 * A shifted volume keeps its range, unless it is shifted for another one than the old map's.  A
 * volume that cannot be looked at is not checked: a start checks it.
 */
static int check_volume(const struct conf *old, const struct idmap *from, const struct conf *new,
			const struct idmap *to, const char *id, struct err *e)
{
	struct volume v = { 0 };
	struct volume_owner owner;
	bool shifted = false;
	int r = volume_find(id, old->ctid, &v, NULL);

	if (r == 0)
		r = v.ops->look(&v, &owner, NULL);
	if (r < 0) {
		volume_done(&v);
		return 0;
	}
	if (!from || shift_find(old, from, v.path, &owner, &shifted, NULL) < 0)
		r = shift_find(new, to, v.path, &owner, &shifted, e);
	else if (shifted)
		r = refuse(e,
			   "the files in its volume have host ids, of the former map: the new "
			   "one gives them wrong owners",
			   "keep the map, or create the container "
			   "again");
	volume_done(&v);
	return r;
}

int ct_idmap_check(const struct conf *old, const struct conf *new, struct err *e)
{
	autofree char *was = strv_join(old->idmap, ";"), *is = strv_join(new->idmap, ";");
	struct idmap from, to;
	bool was_valid;
	int r;

	if (str_eq(was, is))
		return 0;
	if (!old->mapped)
		return refuse(e, "the container is privileged: its files may belong to ids that no "
				 "map has", "create it again with --unprivileged 1");
	if (!new->mapped || !new->unprivileged)
		return refuse(e, "the container would be privileged, which is fixed at creation",
			      "choose host ids other than 0");
	r = map_of(new, &to, e);
	/* With an invalid old map the container never ran, so it has no files to keep. */
	was_valid = map_of(old, &from, NULL) == 0;
	for (size_t i = 0; i < new->n_volumes &&r == 0; i++)
		r = check_volume(old, was_valid ? &from : NULL, new, &to, new->volumes[i].id, e);
	if (r == 0 && was_valid &&
	    !(holds(from.uid, from.n_uid, to.uid, to.n_uid) &&
	      holds(from.gid, from.n_gid, to.gid, to.n_gid)))
		return refuse(e, "the new map lacks ids that the container has now: files that "
				 "belong to them would become nobody's",
			      "map at least the same container ids");
	return r;
}

static void note_shared(struct ct *ct, const struct idranges *used, const struct conf *conf,
			bool group, const struct idmap_range *r)
{
	struct idrange own = range_of(conf->ctid, group, r);
	struct idmap shared;
	bool some = idmap_default(&shared, NULL) == 0;

	for (size_t i = 0; i < used->n; i++)
		if (idrange_overlap(&used->v[i], &own) &&
		    !idrange_is_shared(&used->v[i], &own, some ? &shared : NULL)) {
			ct_note(ct, "idmap: container %u also uses ids of the range %u-%u (%s)",
				used->v[i].ctid, own.first, own.first + (own.count - 1),
				group ? "groups" : "users");
			return;
		}
}

void ct_idmap_note(struct ct *ct, const struct conf *conf)
{
	struct idranges used;
	struct idmap map;

	if (!conf->idmap || idmap_parse(conf->idmap, &map, NULL, NULL) < 0 ||
	    idranges_read(conf->ctid, &used, NULL) < 0)
		return;
	for (unsigned i = 0; i < map.n_uid; i++)
		note_shared(ct, &used, conf, false, &map.uid[i]);
	for (unsigned i = 0; i < map.n_gid; i++)
		note_shared(ct, &used, conf, true, &map.gid[i]);
	idranges_done(&used);
}
