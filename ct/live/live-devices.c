/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adds and removes the devices of a running container. */
#include "ct/live/live.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/idmap.h"
#include "lib/runtime/devices/devices.h"

static bool is_same(const struct conf_device *a, const struct conf_device *b)
{
	return a && b && str_eq(a->path, b->path) && a->uid == b->uid && a->gid == b->gid &&
	       a->mode == b->mode && a->deny_write == b->deny_write;
}

bool live_can_device(const struct live *l, const struct conf *from, const struct conf *to,
		     const char *slot)
{
	const struct conf_device *old = conf_device_find(from, slot);
	const struct conf_device *new = conf_device_find(to, slot);

	/* Programs may have the old device open. */
	if (old && new)
		return is_same(old, new);
	return devices_can_add(l->ctid, new ? new : old);
}

int live_change_devices(struct live *l, const struct conf_file *from, const struct conf_file *to,
			struct err *e)
{
	const struct conf *old = conf_values(from), *new = conf_values(to);
	struct idmap map;
	int r = new->mapped ? conf_idmap(new, &map, e) : 0;

	for (size_t i = 0; i < old->n_devices && r == 0; i++) {
		const struct conf_device *d = &old->devices[i];

		if (is_same(d, conf_device_find(new, d->slot)))
			continue;
		r = devices_remove(l->ctid, l->init, d, e);
		if (r < 0)
			err_wrap(e, "%s", d->slot);
	}
	for (size_t i = 0; i < new->n_devices && r == 0; i++) {
		const struct conf_device *d = &new->devices[i];

		if (is_same(conf_device_find(old, d->slot), d))
			continue;
		r = devices_add(l->ctid, l->init, d, new->mapped ? &map : NULL, e);
		if (r < 0)
			err_wrap(e, "%s", d->slot);
	}
	return r;
}
