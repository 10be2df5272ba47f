/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/each.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/startup.h"
#include "pct/cmd.h"

void each_print_error(unsigned ctid, const struct err *e)
{
	autofree char *name = xasprintf("container %u", ctid);
	autofree char *label = xasprintf("pct: %s", name);

	err_print(e, str_after(e->object, name) ? "pct" : label, stderr);
}

static void __attribute__((noreturn))
child(const struct startup_ct *ct, each_fn fn, const struct args *args)
{
	struct err e = { 0 };
	int r;

	interrupt_default();
	r = fn(args, ct, &e);
	if (r < 0)
		each_print_error(ct->ctid, &e);
	_exit(r != 0);
}

/* Waits for a child; returns false if it failed. */
static bool wait_for_one(pid_t *pids, size_t n)
{
	int status;
	pid_t ended;

	while ((ended = wait(&status)) < 0) {
		if (errno != EINTR)
			return false;
		for (size_t i = 0; i < n && interrupt_signal(); i++)
			if (pids[i] > 0)
				kill(pids[i], interrupt_signal());
	}
	for (size_t i = 0; i < n; i++)
		if (pids[i] == ended)
			pids[i] = 0;
	return status == 0;
}

bool each_run(const struct startup_ct *v, size_t n, size_t at_once, each_fn fn,
	      const struct args *args)
{
	pid_t *pids = xcalloc(n, sizeof *pids);
	size_t busy = 0;
	bool good = true;

	interrupt_note();
	for (size_t i = 0; i < n; i++) {
		if (busy == at_once) {
			good &= wait_for_one(pids, n);
			busy--;
		}
		if (interrupt_signal())
			break;
		pids[i] = fork();
		if (pids[i] == 0)
			child(&v[i], fn, args);
		if (pids[i] > 0)
			busy++;
		else
			good = false;
	}
	while (busy--)
		good &= wait_for_one(pids, n);
	free(pids);
	return good && !interrupt_signal();
}

int each_given(const struct args *args, each_fn fn, struct err *e)
{
	struct startup_ct *v = xcalloc(args->n_ctids, sizeof *v);
	int r;

	for (size_t i = 0; i < args->n_ctids; i++)
		v[i] = (struct startup_ct){ args->ctids[i], STARTUP_NONE };
	r = args->n_ctids == 1 ? fn(args, v, e) : !each_run(v, args->n_ctids, 1, fn, args);
	free(v);
	return r;
}
