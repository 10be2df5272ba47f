/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/autostart.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ct/ct.h"
#include "ct/ids.h"
#include "ct/systemd-unit.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/startup.h"
#include "pct/notes.h"

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

/* Lists all running containers, or (to_start) the stopped containers with onboot=1. */
static int list_make(bool to_start, struct list *list, struct err *e)
{
	const struct startup none = STARTUP_NONE;
	struct ids all = { 0 }, running = { 0 }, orphans = { 0 };
	int r = ids_find_all(&all, e);

	if (r < 0)
		return r;
	ids_find_running(&running, &orphans);
	for (size_t i = 0; i < all.n; i++) {
		struct ct ct;

		if (ids_has(&running, all.v[i]) == to_start)
			continue;
		r = ct_open(all.v[i], CT_LOAD, &ct, e);
		if (r == 0) {
			const struct conf *conf = conf_values(ct.file);

			if (!to_start || (conf->onboot && !conf->is_template))
				list_add(list, all.v[i], conf->startup);
		} else if (!to_start) {
			list_add(list, all.v[i], none);
		} else if (r != -ENOENT) {
			err_print(e, "pct", stderr);
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

static int stop(const struct startup_ct *which, struct err *e)
{
	struct ct ct;
	int r = ct_open(which->ctid, CT_LOCK, &ct, e);

	if (r == 0 && ct_is_running(ct.ctid))
		r = ct_ensure_shut_down(&ct, which->startup.down, e);
	return finish_ct(&ct, r);
}

static int start(const struct startup_ct *which, struct err *e)
{
	struct ct ct;
	int r = ct_open(which->ctid, CT_LOCK, &ct, e);

	return finish_ct(&ct, r < 0 ? r : unit_start(&ct, e));
}

static void __attribute__((noreturn))
child(int (*fn)(const struct startup_ct *, struct err *), const struct startup_ct *ct)
{
	struct err e = { 0 };
	int r = fn(ct, &e);

	if (r < 0)
		err_print(&e, "pct", stderr);
	_exit(r < 0);
}

static void wait_for_one(struct list *list)
{
	int status;

	while (wait(&status) < 0)
		if (errno != EINTR)
			return;
	list->bad |= status != 0;
}

/* Runs fn for n containers, each in its own process, at most at_once at the same time. */
static void run_group(struct list *list, size_t first, size_t n, size_t at_once,
		      int (*fn)(const struct startup_ct *, struct err *))
{
	size_t busy = 0;

	for (size_t i = first; i < first + n; i++) {
		pid_t pid;

		if (busy == at_once) {
			wait_for_one(list);
			busy--;
		}
		pid = fork();
		if (pid == 0)
			child(fn, &list->v[i]);
		if (pid > 0)
			busy++;
		else
			list->bad = true;
	}
	while (busy--)
		wait_for_one(list);
}

int autostart_start(struct err *e)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct list list = { 0 };
	int r = list_make(true, &list, e);

	for (size_t i = 0, n; i < list.n && r == 0; i += n) {
		n = startup_group(list.v + i, list.n - i);
		run_group(&list, i, n, cpus > 2 ? (size_t)cpus : 2, start);
		if (i + n < list.n)
			sleep(startup_pause(list.v + i, n));
	}
	free(list.v);
	return r < 0 ? r : list.bad;
}

int autostart_stop(struct err *e)
{
	struct list list = { 0 };
	int r = list_make(false, &list, e);

	/* Groups from the last to the first; end is the end of the current one. */
	for (size_t end = list.n, first; end > 0 && r == 0; end = first) {
		first = end - 1;
		while (first > 0 && list.v[first - 1].startup.order == list.v[first].startup.order)
			first--;
		run_group(&list, first, end - first, STOPS_AT_ONCE, stop);
	}
	free(list.v);
	return r < 0 ? r : list.bad;
}
