/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the ids of containers against delegated ids, the host's users, and other containers. */
#include <errno.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/idrange.h"
#include "lib/host/hostids.h"
#include "lib/host/idmap.h"
#include "lib/host/subid.h"
#include "pct/doctor/doctor.h"

#define OWN_RANGE "pct set %u --idmap auto assigns a separate range"

/* Users first, then groups. */
static const struct kind {
	const char *subid, *hostid, *ids;
} kinds[2] = { { SUBUID, PASSWD, "users" }, { SUBGID, GROUP, "groups" } };

struct ids_of_host {
	struct subids delegated[2];
	struct hostids owners[2];
	struct idranges taken;
	const struct idmap *shared; /* NULL: none */
	struct idmap map;
};

static unsigned last(uint32_t first, uint32_t count)
{
	return first + (count - 1);
}

static bool overlap(const struct subid *a, const struct subid *b)
{
	return (uint64_t)a->first < (uint64_t)b->first + b->count &&
	       (uint64_t)b->first < (uint64_t)a->first + a->count;
}

static void check_pair(struct doctor *d, const struct kind *kind, const struct subid *root,
		       const struct subid *other)
{
	struct err e;

	if (!root->is_root || other->is_root || !overlap(root, other))
		return;
	err_set(&e, EEXIST, kind->subid,
		"delegates %s %u-%u to %s; they overlap %u-%u, which root uses for "
		"containers: %s can act as %s of containers",
		kind->ids, other->first, last(other->first, other->count), other->owner,
		root->first, last(root->first, root->count), other->owner, kind->ids);
	err_remedy(&e, "delegate other ids to %s, or to root", other->owner);
	doctor_add(d, DOCTOR_WARNING, &e);
}

static void check_delegated(struct doctor *d, const struct kind *kind, const struct subids *list,
			    const struct hostids *owners)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct subid *s = &list->v[i];
		const struct hostid *owner = hostids_find(owners, s->first, s->count);
		struct err e;

		for (size_t k = 0; k < list->n; k++)
			check_pair(d, kind, s, &list->v[k]);
		if (!s->is_root || !owner)
			continue;
		err_set(&e, EEXIST, kind->subid,
			"delegates %s %u-%u to root for containers, but %u is %s on this host",
			kind->ids, s->first, last(s->first, s->count), owner->id, owner->name);
		err_remedy(&e, "delegate other ids, unless a container needs that id");
		doctor_add(d, DOCTOR_WARNING, &e);
	}
}

/* Reports the first id of the range that belongs to a user or group of the host. */
static void check_owner(struct doctor *d, const struct idrange *r, const struct hostids *owners)
{
	const struct hostid *owner = hostids_find(owners, r->first, r->count);
	autofree char *object = xasprintf("container %u", r->ctid);
	struct err e;

	if (!owner)
		return;
	err_set(&e, EEXIST, object, "its %s %u-%u include %u, which is %s on this host",
		kinds[r->group].ids, r->first, last(r->first, r->count), owner->id, owner->name);
	err_remedy(&e, "unless it needs the rights of %s, " OWN_RANGE, owner->name, r->ctid);
	doctor_add(d, DOCTOR_WARNING, &e);
}

/*
 * Whether two containers share ids by mistake.  Ids of users or groups of the host do not count:
 * check_owner() reports them, and several containers may need them.
 */
static bool is_clash(const struct ids_of_host *ids, const struct idrange *a,
		     const struct idrange *b)
{
	return a->ctid != b->ctid && idrange_overlap(a, b) &&
	       !idrange_is_shared(a, b, ids->shared) &&
	       !hostids_find(&ids->owners[b->group], b->first, b->count);
}

/* Reports each pair of containers once, for the second of them. */
static void check_others(struct doctor *d, const struct ids_of_host *ids, size_t i)
{
	const struct idrange *r = &ids->taken.v[i];

	for (size_t k = 0; k < i; k++) {
		const struct idrange *other = &ids->taken.v[k];
		autofree char *object = NULL;
		struct err e;

		if (!is_clash(ids, other, r))
			continue;
		object = xasprintf("container %u", r->ctid);
		err_set(&e, EEXIST, object,
			"its %s %u-%u overlap %u-%u of container %u",
			kinds[r->group].ids, r->first, last(r->first, r->count),
			other->first, last(other->first, other->count), other->ctid);
		err_remedy(&e, OWN_RANGE, r->ctid);
		doctor_add(d, DOCTOR_WARNING, &e);
		return;
	}
}

/* A range inside the shared range shares it on purpose.  Reports one that is only partly inside. */
static void check_shared(struct doctor *d, const struct ids_of_host *ids, const struct idrange *r)
{
	const struct idmap_range *s = !ids->shared ? NULL
				      : r->group   ? ids->shared->gid
						   : ids->shared->uid;
	struct idrange all = { 0, r->group, s ? s->outside : 0, s ? s->count : 0 };
	autofree char *object = xasprintf("container %u", r->ctid);
	struct err e;

	if (!s || !idrange_overlap(r, &all) || idrange_is_shared(r, r, ids->shared))
		return;
	err_set(&e, EEXIST, object,
		"its %s %u-%u overlap %u-%u, which all containers without an own id map "
		"share",
		kinds[r->group].ids, r->first, last(r->first, r->count), all.first,
		last(all.first, all.count));
	err_remedy(&e, OWN_RANGE, r->ctid);
	doctor_add(d, DOCTOR_WARNING, &e);
}

static void check_taken(struct doctor *d, const struct ids_of_host *ids)
{
	for (size_t i = 0; i < ids->taken.n; i++) {
		const struct idrange *r = &ids->taken.v[i];

		check_owner(d, r, &ids->owners[r->group]);
		check_others(d, ids, i);
		check_shared(d, ids, r);
	}
}

void doctor_idmap(struct doctor *d)
{
	struct ids_of_host ids = { .shared = NULL };
	struct err e;

	if (idmap_default(&ids.map, &e) < 0)
		doctor_add(d, DOCTOR_ERROR, &e);
	else
		ids.shared = &ids.map;
	if (idranges_read(0, &ids.taken, &e) < 0)
		doctor_add(d, DOCTOR_ERROR, &e);
	for (size_t i = 0; i < 2; i++) {
		subids_read(kinds[i].subid, &ids.delegated[i]);
		hostids_read(kinds[i].hostid, &ids.owners[i]);
		check_delegated(d, &kinds[i], &ids.delegated[i], &ids.owners[i]);
	}
	check_taken(d, &ids);
	for (size_t i = 0; i < 2; i++) {
		subids_done(&ids.delegated[i]);
		hostids_done(&ids.owners[i]);
	}
	idranges_done(&ids.taken);
}
