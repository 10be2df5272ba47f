/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kills a container, even if its root resists.  Does not rely on the monitor: kills the processes
 * in the container's cgroups.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/cgroup.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/fuse.h"
#include "lib/runtime/runtime.h"

#define PACE 100        /* ms between two rounds of killing and thawing */
#define POLITE_WAIT 10  /* seconds, after the signal lxc.signal.stop */
#define ALL_AFTER 1000  /* ms; by then init has ended, or waits for another process */
#define FUSE_AFTER 2000 /* ms; the remaining processes wait for a disk or for FUSE */
#define KILL_WAIT 60    /* seconds; an unmount may have to write back */

struct end {
	unsigned ctid;
	bool orphaned;
	int init; /* pidfd; -1: not found yet */
};

/* With a monitor, the end of init is enough: the monitor ends all other processes. */
static bool wait_a_while(const struct end *end, int ms)
{
	struct pollfd ended = { .fd = end->init, .events = POLLIN };

	if (poll(&ended, 1, ms) > 0 && !end->orphaned)
		return true;
	return end->orphaned ? !cgroup_has_procs(end->ctid) : !ct_is_running(end->ctid);
}

static void find_init(struct end *end)
{
	if (end->init < 0)
		end->init = cgroup_open_init(end->ctid);
	if (end->init < 0 && !end->orphaned)
		end->init = runtime_init_pidfd(end->ctid, NULL);
}

static void signal_init(const struct end *end, int number)
{
	if (end->init >= 0)
		syscall(SYS_pidfd_send_signal, end->init, number, NULL, 0);
}

/* Sends lxc.signal.stop if the config has one.  The container may ignore it. */
static bool end_politely(struct end *end)
{
	int number = runtime_signal(end->ctid, "lxc.signal.stop");

	if (!number || number == SIGKILL || end->init < 0)
		return false;
	cgroup_thaw(end->ctid);
	signal_init(end, number);
	return wait_a_while(end, POLITE_WAIT * 1000);
}

static bool end_by_force(struct end *end)
{
	long long began = now_ms(), abort_at = began + FUSE_AFTER;

	do {
		find_init(end);
		signal_init(end, SIGKILL);
		if (end->orphaned || now_ms() - began >= ALL_AFTER)
			cgroup_kill(end->ctid);
		cgroup_thaw(end->ctid);
		if (now_ms() >= abort_at) {
			fuse_abort(end->ctid, NULL);
			abort_at = now_ms() + FUSE_AFTER;
		}
		if (wait_a_while(end, PACE))
			return true;
	} while (now_ms() - began < KILL_WAIT * 1000);
	return false;
}

int ct_kill(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	struct end end = { .ctid = ctid, .orphaned = ct_state(ctid) == CT_ORPHANED, .init = -1 };
	bool ended;

	find_init(&end);
	ended = end_politely(&end) || end_by_force(&end);
	util_closep(&end.init);
	if (ended)
		return 0;
	err_set(e, ETIMEDOUT, object, "was killed, but has not ended after %d s", KILL_WAIT);
	return err_remedy(e, "the kernel holds one of its processes (D in ps -eo pid,stat,wchan,"
			  "args); pct stop %u again once that process can go on", ctid);
}
