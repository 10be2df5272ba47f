/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ending a container whose root does what it can against it. */
#include <errno.h>
#include <poll.h>

#include "lib/cgroup.h"
#include "lib/err.h"
#include "lib/run.h"
#include "lib/runtime.h"
#include "lib/util.h"
#include "pct/ct.h"

#define PACE 100     /* ms, between two looks at what is frozen */
#define KILL_WAIT 60 /* seconds; an unmount may have to write back */

/* In a child, as liblxc waits for the monitor without a limit. */
static int kill_it(void *arg, int out_fd, struct err *e)
{
	(void)out_fd;
	return runtime_kill(*(unsigned *)arg, e);
}

int ct_kill(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	struct run_child child;
	struct pollfd ended = { .events = POLLIN };
	int r;

	cgroup_thaw(ctid);
	r = run_start(NULL, kill_it, &ctid, &child, e);
	if (r < 0)
		return r;
	ended.fd = child.out;
	for (unsigned i = 0; i < KILL_WAIT * 1000 / PACE; i++) {
		if (poll(&ended, 1, PACE) > 0)
			return run_finish(&child, NULL, 0, e);
		cgroup_thaw(ctid);
	}
	run_abandon(&child);
	err_set(e, ETIMEDOUT, object, "was killed, but has not ended after %d s", KILL_WAIT);
	return err_remedy(e, "the kernel holds one of its processes (D in ps -eo pid,stat,wchan,"
			  "args); pct stop %u again when what that waits for is there", ctid);
}
