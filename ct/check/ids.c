/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/check/ids.h"

#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/store.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/command-socket.h"
#include "lib/runtime/frozen.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/runtime/runtime.h"

static void ids_add(struct ids *ids, unsigned id)
{
	if (ids->n == ids->size) {
		ids->size = ids->size ? 2 * ids->size : 64;
		ids->v = xrealloc(ids->v, ids->size, sizeof *ids->v);
	}
	ids->v[ids->n++] = id;
}

static int compare_ids(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static void ids_sort(struct ids *ids)
{
	if (ids->n)
		qsort(ids->v, ids->n, sizeof *ids->v, compare_ids);
}

bool ids_has(const struct ids *ids, unsigned id)
{
	return ids->n && bsearch(&id, ids->v, ids->n, sizeof *ids->v, compare_ids);
}

static void add_listener(unsigned ctid, void *arg)
{
	ids_add(arg, ctid);
}

/* root may have other containers of LXC in this folder: they have no recorded monitor. */
static bool is_among(const struct ids *among, unsigned id)
{
	return !among || ids_has(among, id) || monitor_pid(id);
}

static void find_orphans(const struct ids *among, const struct ids *running, struct ids *ret)
{
	unsigned *found = NULL;
	size_t n = cgroup_find_payloads(&found);

	for (size_t i = 0; i < n; i++)
		if (!ids_has(running, found[i]) && is_among(among, found[i]))
			ids_add(ret, found[i]);
	free(found);
	ids_sort(ret);
	n = 0;
	for (size_t i = 0; i < ret->n; i++)
		if (i == 0 || ret->v[i] != ret->v[i - 1])
			ret->v[n++] = ret->v[i];
	ret->n = orphan_pick(ret->v, n);
}

/* First collects the listeners: asking a monitor opens sockets, which adds lines to that list. */
void ids_find_running(const struct ids *among, struct ids *running, struct ids *orphans)
{
	struct ids listeners = { 0 };

	listener_each(add_listener, &listeners);
	for (size_t i = 0; i < listeners.n; i++)
		if (is_among(among, listeners.v[i]) && runtime_is_running(listeners.v[i]))
			ids_add(running, listeners.v[i]);
	free(listeners.v);
	ids_sort(running);
	find_orphans(among, running, orphans);
	for (size_t i = 0; i < orphans->n; i++)
		ids_add(running, orphans->v[i]);
	ids_sort(running);
}

int ids_find_all(struct ids *all, struct err *e)
{
	int r = store()->numbers(&all->v, &all->n, e);

	all->size = all->n;
	return r;
}

void ids_add_unlisted(struct ids *all, const struct ids *running)
{
	struct ids more = { 0 };

	for (size_t i = 0; i < running->n; i++)
		if (!ids_has(all, running->v[i]) && monitor_pid(running->v[i]))
			ids_add(&more, running->v[i]);
	for (size_t i = 0; i < more.n; i++)
		ids_add(all, more.v[i]);
	free(more.v);
	ids_sort(all);
}

/* The names of the groups are read once, as root may have many containers. */
void ids_find_frozen(const struct ids *running, struct ids *ret)
{
	unsigned *found = NULL;
	size_t n = cgroup_find_frozen(&found);

	for (size_t i = 0; i < n; i++)
		if (ids_has(running, found[i]) && cgroup_is_frozen(found[i]))
			ids_add(ret, found[i]);
	free(found);
	ids_sort(ret);
}
