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

/* The containers, their processes (0: none), and whether one failed. */
struct run {
	const struct startup_ct *v;
	pid_t *pids;
	size_t n;
	bool failed;
};

static void fail(struct run *run, size_t i, int num, const char *cause)
{
	struct err e = { 0 };

	err_set(&e, num, NULL, "%s", cause);
	each_print_error(run->v[i].ctid, &e);
	run->failed = true;
}

/* A process that ends by itself has printed its error. */
static void take_end(struct run *run, pid_t pid, int status)
{
	autofree char *cause = xasprintf("was killed by signal %d", WTERMSIG(status));

	for (size_t i = 0; i < run->n; i++) {
		if (run->pids[i] != pid)
			continue;
		run->pids[i] = 0;
		if (WIFSIGNALED(status))
			fail(run, i, EINTR, cause);
	}
	run->failed |= status != 0;
}

static void wait_for_one(struct run *run)
{
	int status;
	pid_t pid;

	while ((pid = wait(&status)) < 0) {
		if (errno != EINTR)
			return;
		for (size_t i = 0; i < run->n && interrupt_signal(); i++)
			if (run->pids[i] > 0)
				kill(run->pids[i], interrupt_signal());
	}
	take_end(run, pid, status);
}

bool each_run(const struct startup_ct *v, size_t n, size_t at_once, each_fn fn,
	      const struct args *args)
{
	struct run run = { v, xcalloc(n, sizeof *run.pids), n, false };
	size_t busy = 0;

	interrupt_note();
	for (size_t i = 0; i < n; i++) {
		if (busy == at_once) {
			wait_for_one(&run);
			busy--;
		}
		if (interrupt_signal()) {
			fail(&run, i, EINTR, "pct was interrupted before its turn");
			continue;
		}
		run.pids[i] = fork();
		if (run.pids[i] == 0)
			child(&v[i], fn, args);
		if (run.pids[i] > 0)
			busy++;
		else
			fail(&run, i, errno, "cannot start a process");
	}
	while (busy--)
		wait_for_one(&run);
	free(run.pids);
	return !run.failed;
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
