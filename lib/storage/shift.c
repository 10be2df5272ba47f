/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/shift.h"

#include <errno.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/storage/storage.h"

/* Ids from here on belong to no user of a container with a usual range. */
#define USUAL_COUNT 65536

enum { OWN = 1, SHIFTED = 2 };

/* How an id can be meant: as the container's own id, as the host's, or both. */
static unsigned meanings(const struct idmap_range *range, unsigned n, uint32_t root, uint32_t id)
{
	unsigned ways = 0;

	if (id == 0 || id == root)
		return (id == 0 ? OWN : 0) | (id == root ? SHIFTED : 0);
	for (; n; n--, range++) {
		if (id >= range->inside && id - range->inside < range->count)
			ways |= OWN;
		if (id >= range->outside && id - range->outside < range->count)
			ways |= SHIFTED;
	}
	return ways;
}

static int refuse_privileged(const struct conf *conf, const char *path,
			     const struct volume_owner *top, struct err *e)
{
	err_set(e, EPERM, path,
		"belongs to %u:%u, so its files are shifted for an unprivileged "
		"container, and this one is privileged",
		top->uid, top->gid);
	return err_remedy(e, "add the line \"%s\" to the config",
			  conf->is_pve ? "unprivileged: 1" : "pve.unprivileged = 1");
}

static int refuse_range(const struct conf *conf, const struct idmap *map, const char *path,
			const struct volume_owner *top, struct err *e)
{
	unsigned uid = idmap_root_uid(map), gid = idmap_root_gid(map);

	err_set(e, EPERM, path,
		"belongs to %u:%u, so its files are shifted for another range "
		"of ids: root of the container is %u:%u on this host",
		top->uid, top->gid, uid, gid);
	if (top->uid < USUAL_COUNT || top->gid < USUAL_COUNT)
		return err_remedy(e,
				  "chown it to 0:0 if its files have the container's ids, or to "
				  "%u:%u if they have the host's",
				  uid, gid);
	if (!conf->ctid)
		return err_remedy(e,
				  "add the lines \"lxc.idmap = u 0 %u %d\" and \"lxc.idmap = g 0 "
				  "%u %d\"",
				  top->uid, USUAL_COUNT, top->gid, USUAL_COUNT);
	return err_remedy(e, "pct set %u --idmap \"u 0 %u %d;g 0 %u %d\"", conf->ctid, top->uid,
			  USUAL_COUNT, top->gid, USUAL_COUNT);
}

int shift_find(const struct conf *conf, const struct idmap *map, const char *path,
	       const struct volume_owner *top, bool *ret, struct err *e)
{
	unsigned ways;
	bool shifted;

	if (!map) {
		if (top->uid >= USUAL_COUNT || top->gid >= USUAL_COUNT)
			return refuse_privileged(conf, path, top, e);
		*ret = false;
		return 0;
	}
	ways = meanings(map->uid, map->n_uid, idmap_root_uid(map), top->uid) &
	       meanings(map->gid, map->n_gid, idmap_root_gid(map), top->gid);
	if (!ways)
		return refuse_range(conf, map, path, top, e);
	shifted = ways == SHIFTED || (ways == (OWN | SHIFTED) && conf->shifted);
	if (conf->shifted && !shifted) {
		err_set(e, EPERM, path,
			"belongs to %u:%u, so its files have the container's "
			"ids, but pve.shifted says that they have the host's",
			top->uid, top->gid);
		return err_remedy(e, "remove pve.shifted from the config");
	}
	*ret = shifted;
	return 0;
}
