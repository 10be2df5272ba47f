/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/netlink.h"
#include "lib/util.h"

#define OWN "/proc/thread-self/ns/net"

static int open_inside(const struct stat *home, struct netlink **ret, struct err *e)
{
	struct stat inside;

	if (stat(OWN, &inside) < 0)
		return err_sys(e, OWN, "look at the network namespace");
	if (inside.st_ino == home->st_ino && inside.st_dev == home->st_dev)
		return err_set(e, EXDEV, NULL, "the process has no network namespace of its own");
	return netlink_open(ret, e);
}

int netns_open_pidfd(int pidfd, struct netlink **ret, struct err *e)
{
	autoclose int home = open(OWN, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int r;

	if (home < 0 || fstat(home, &st) < 0)
		return err_sys(e, OWN, "open the network namespace");
	if (setns(pidfd, CLONE_NEWNET) < 0)
		return err_sys(e, NULL, "enter the container's network namespace");
	r = open_inside(&st, ret, e);
	/* What follows would mend the container's links for the host's. */
	if (setns(home, CLONE_NEWNET) < 0)
		abort();
	return r;
}

int netns_open(pid_t pid, struct netlink **ret, struct err *e)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return err_sys(e, NULL, "open process %d", (int)pid);
	return netns_open_pidfd(pidfd, ret, e);
}
