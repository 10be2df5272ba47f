/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/autostart.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ct/check/ids.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/startup.h"
#include "pct/cmd.h"

#define STOPS_AT_ONCE 64 /* processes, which mostly wait */

struct list {
	struct startup_ct *v;
	size_t n;
	bool bad; /* a config could not be read, or a container not started or stopped */
};

static void list_add(struct list *list, unsigned ctid, struct startup startup)
{
	list->v = xrealloc(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = (struct startup_ct){ ctid, startup };
}

/* Lists all running containers, or (to_start) the stopped containers, with onboot only these. */
static int list_make(bool to_start, bool onboot, struct list *list, struct err *e)
{
	const struct startup none = STARTUP_NONE;
	struct ids all = { 0 }, running = { 0 }, orphans = { 0 };
	int r = ids_find_all(&all, e);

	if (r < 0)
		return r;
	ids_find_running(&all, &running, &orphans);
	ids_add_unlisted(&all, &running);
	for (size_t i = 0; i < all.n; i++) {
		struct ct ct;

		if (ids_has(&running, all.v[i]) == to_start)
			continue;
		r = ct_open(all.v[i], CT_LOAD, &ct, e);
		if (r == 0) {
			const struct conf *conf = conf_values(ct.file);

			if (!to_start || ((conf->onboot || !onboot) && !conf->is_template))
				list_add(list, all.v[i], conf->startup);
		} else if (!to_start) {
			list_add(list, all.v[i], none);
		} else if (r != -ENOENT) {
			each_print_error(all.v[i], e);
			list->bad = true;
		}
		ct_close(&ct);
	}
	free(all.v);
	free(running.v);
	free(orphans.v);
	startup_sort(list->v, list->n);
	return 0;
}

int autostart_start(const struct args *args, each_fn start, struct err *e)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct list list = { 0 };
	int r = list_make(true, args_flag(args, "onboot"), &list, e);

	for (size_t i = 0, n; i < list.n && r == 0; i += n) {
		n = startup_group(list.v + i, list.n - i);
		list.bad |= !each_run(list.v + i, n, cpus > 2 ? (size_t)cpus : 2, start, args);
		if (i + n < list.n && !interrupt_signal())
			sleep(startup_pause(list.v + i, n));
	}
	free(list.v);
	return r < 0 ? r : list.bad;
}

int autostart_stop(const struct args *args, each_fn stop, struct err *e)
{
	struct list list = { 0 };
	int r = list_make(false, false, &list, e);

	/* Groups from the last to the first; end is the end of the current one. */
	for (size_t end = list.n, first; end > 0 && r == 0; end = first) {
		first = end - 1;
		while (first > 0 && list.v[first - 1].startup.order == list.v[first].startup.order)
			first--;
		list.bad |= !each_run(list.v + first, end - first, STOPS_AT_ONCE, stop, args);
	}
	free(list.v);
	return r < 0 ? r : list.bad;
}
