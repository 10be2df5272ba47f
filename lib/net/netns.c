/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/netlink.h"

#define OWN "/proc/thread-self/ns/net"

/* The object to open: a conversation, a socket of a family, or a file of /proc/sys. */
struct wanted {
	struct netlink **netlink;
	const char *sysctl;
	int family, type, protocol;
};

static int open_inside(const struct stat *home, const struct wanted *wanted, struct err *e)
{
	struct stat inside;
	int fd;

	if (stat(OWN, &inside) < 0)
		return err_sys(e, OWN, "look at the network namespace");
	if (inside.st_ino == home->st_ino && inside.st_dev == home->st_dev)
		return err_set(e, EXDEV, NULL, "the process is in the host's network namespace");
	if (wanted->netlink)
		return netlink_open(wanted->netlink, e);
	if (wanted->sysctl) {
		fd = open(wanted->sysctl, O_WRONLY | O_CLOEXEC);
		return fd < 0 ? err_sys(e, wanted->sysctl, "open") : fd;
	}
	fd = socket(wanted->family, wanted->type | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    wanted->protocol);
	return fd < 0 ? err_sys(e, NULL, "open a socket in the container's network") : fd;
}

static int go_inside(int pidfd, const struct wanted *wanted, struct err *e)
{
	autoclose int home = open(OWN, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int r;

	if (home < 0 || fstat(home, &st) < 0)
		return err_sys(e, OWN, "open the network namespace");
	if (setns(pidfd, CLONE_NEWNET) < 0)
		return err_sys(e, NULL, "enter the container's network namespace");
	r = open_inside(&st, wanted, e);
	/*
	 * Staying in the container's namespace would apply later changes to the wrong links, so
	 * abort.
	 */
	if (setns(home, CLONE_NEWNET) < 0)
		abort();
	return r;
}

int netns_open_pidfd(int pidfd, struct netlink **ret, struct err *e)
{
	return go_inside(pidfd, &(struct wanted){ .netlink = ret }, e);
}

int netns_socket(int pidfd, int family, int type, int protocol, struct err *e)
{
	const struct wanted wanted = { .family = family, .type = type, .protocol = protocol };

	return go_inside(pidfd, &wanted, e);
}

int netns_sysctl(int pidfd, const char *path, const char *value, struct err *e)
{
	/* Opening the file selects the namespace whose setting it is. */
	autoclose int fd = go_inside(pidfd, &(struct wanted){ .sysctl = path }, e);

	if (fd < 0)
		return fd;
	return write(fd, value, strlen(value)) < 0 ? err_sys(e, path, "write \"%s\"", value) : 0;
}

int netns_open(pid_t pid, struct netlink **ret, struct err *e)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return err_sys(e, NULL, "open process %d", (int)pid);
	return netns_open_pidfd(pidfd, ret, e);
}
