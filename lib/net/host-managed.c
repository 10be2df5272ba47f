/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/host-managed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/cgroup.h"
#include "lib/net/autoconf.h"
#include "lib/net/netconf.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"

#define STOP_WAIT 5000 /* milliseconds, for the client to release its lease */

/* ---- router advertisements ---- */

static int set_ipv6(int pidfd, const struct net *net, const char *what, const char *value,
		    struct err *e)
{
	autofree char *path = xasprintf("/proc/sys/net/ipv6/conf/%s/%s", net->name, what);

	return netns_sysctl(pidfd, path, value, e);
}

static bool is_advertised(const struct net *net)
{
	return net->ip6.method == IP_AUTO || net->ip6.method == IP_DHCP;
}

/*
 * 2 accepts advertisements even if the container is a router; 1 would not.  Without ip6, they are
 * refused.
 */
static int set_advertisements(int pidfd, const struct net *net, struct err *e)
{
	int r;

	if (is_advertised(net)) {
		if (!net->host_managed)
			return 0;
		r = set_ipv6(pidfd, net, "autoconf", "1", e);
		return r < 0 ? r : set_ipv6(pidfd, net, "accept_ra", "2", e);
	}
	if (!net_is_configured(net))
		return 0;
	r = set_ipv6(pidfd, net, "accept_ra", "0", e);
	/* A kernel without IPv6 takes none. */
	return r == -ENOENT && net->ip6.method != IP_STATIC ? 0 : r;
}

/* The kernel changes the token of an interface only while it accepts advertisements. */
static int drop_token(int pidfd, struct netlink *nl, const struct net *old, const struct net *net,
		      struct err *e)
{
	static const struct ip none = { .family = AF_INET6 };
	struct link link;
	int r;

	if (!net->host_managed || !old || !old->ip6.token.family || net->ip6.token.family)
		return 0;
	r = set_ipv6(pidfd, net, "accept_ra", "2", e);
	if (r == 0)
		r = netlink_get(nl, net->name, &link, e);
	return r < 0 ? r : netlink_set_token(nl, link.index, &none, e);
}

/*
 * Remove the results of advertisements that the network refuses now, or that were for another
 * identifier, and ask for new ones.  At a start, there are none.
 */
static int renew_advertised(int pidfd, struct netlink *nl, const struct net *old,
			    const struct net *net, struct err *e)
{
	struct link link;
	int r;

	if (!is_advertised(net))
		return net_is_configured(net) &&
				       (!old || is_advertised(old) || !net_is_configured(old))
			       ? autoconf_drop(nl, net->name, e) : 0;
	if (!old || (str_eq(old->hwaddr, net->hwaddr) &&
		     (!net->host_managed || (is_advertised(old) && old->host_managed &&
					     ip_equal(&old->ip6.token, &net->ip6.token)))))
		return 0;
	r = autoconf_drop(nl, net->name, e);
	if (r == 0)
		r = netlink_get(nl, net->name, &link, e);
	return r < 0 || !link.up ? r : autoconf_ask(pidfd, link.index, e);
}

/* ---- the process that runs the DHCP client ---- */

/*
 * The process that runs netN's DHCP client (pct-dhcp) locks this file, which contains its pid.  The
 * lock ends with the process.
 */
static int open_record(unsigned ctid, unsigned n, int flags, struct err *e)
{
	autofree char *path = runfile_of_net(ctid, RUNFILE_DHCP, n);
	int fd = open(path, O_RDWR | flags | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(e, path, "open") : fd;
}

static void become_keeper(unsigned ctid, const struct net *net, int pidfd, int record)
{
	autofree char *program = xasprintf("%s/pct-dhcp", path_hooks());
	char id[16], number[16], pid[16];
	int null = open("/dev/null", O_RDWR);

	snprintf(id, sizeof id, "%u", ctid);
	snprintf(number, sizeof number, "%u", net->index);
	snprintf(pid, sizeof pid, "%d\n", (int)getpid());
	if (null < 0 || pwrite(record, pid, strlen(pid), 0) < 0)
		_exit(1);
	/* Move them above 4, so that dup2() to 3 and 4 below does not overwrite them. */
	pidfd = fcntl(pidfd, F_DUPFD, 10);
	record = fcntl(record, F_DUPFD, 10);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	dup2(pidfd, 3);
	dup2(record, 4);
	close_range(5, ~0U, 0);
	execl(program, "pct-dhcp", id, number, net->name, (char *)NULL);
	_exit(1);
}

const char *const *hostnet_client(void)
{
	static const char *const clients[][3] = {
		{ "/usr/sbin/udhcpc", NULL },
		{ "/sbin/udhcpc", NULL },
		{ "/bin/busybox", "udhcpc", NULL },
		{ "/usr/bin/busybox", "udhcpc", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
		if (access(clients[i][0], X_OK) == 0)
			return clients[i];
	return NULL;
}

static int start_client(unsigned ctid, const struct net *net, int pidfd, struct err *e)
{
	autoclose int record = open_record(ctid, net->index, O_CREAT, e);
	pid_t pid;

	if (record < 0)
		return record;
	if (!hostnet_client()) {
		err_set(e, ENOENT, NULL, "net%u: the host has no DHCP client for ip=dhcp with "
			"host-managed=1", net->index);
		return err_remedy(e, "apt-get install udhcpc");
	}
	/* The client already runs. */
	if (flock(record, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? 0 : err_sys(e, NULL, "lock the client's record");
	if (ftruncate(record, 0) < 0)
		return err_sys(e, NULL, "write the client's record");
	pid = fork();
	if (pid < 0)
		return err_sys(e, NULL, "fork");
	if (pid == 0) {
		/* The monitor's cgroup must be removable when the container stops. */
		cgroup_leave();
		if (setsid() < 0 || fork() != 0)
			_exit(0);
		become_keeper(ctid, net, pidfd, record);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return 0;
}

static pid_t keeper_pid(int record)
{
	char text[16] = "";
	uint64_t pid;

	/* The pid is written shortly after the file is locked. */
	for (unsigned i = 0; i < 100; i++) {
		ssize_t n = pread(record, text, sizeof text - 1, 0);

		if (n > 0 && text[n - 1] == '\n') {
			text[n - 1] = '\0';
			return parse_uint(text, 2, INT32_MAX, &pid) ? (pid_t)pid : 0;
		}
		poll(NULL, 0, 10);
	}
	return 0;
}

void hostnet_stop(unsigned ctid, unsigned n)
{
	autoclose int record = open_record(ctid, n, 0, NULL);
	autoclose int pidfd = -1;
	struct pollfd ended = { .events = POLLIN };
	pid_t pid;

	if (record < 0 || flock(record, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return;
	pid = keeper_pid(record);
	pidfd = pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	/* Still locked: the pidfd is the holder's, not one of a later process with the same pid. */
	if (pidfd < 0 || flock(record, LOCK_SH | LOCK_NB) == 0)
		return;
	syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0);
	ended.fd = pidfd;
	if (poll(&ended, 1, STOP_WAIT) == 0)
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

static bool has_client(const struct net *net)
{
	return net && net->host_managed && net->ip4.method == IP_DHCP;
}

bool hostnet_lacks_client(unsigned ctid, const struct net *net)
{
	autoclose int record = has_client(net) ? open_record(ctid, net->index, 0, NULL) : -1;

	return has_client(net) && (record < 0 || flock(record, LOCK_SH | LOCK_NB) == 0);
}

int hostnet_apply(const struct conf *conf, int pidfd, const struct net *old,
		  const struct net *net, struct err *e)
{
	unsigned ctid = conf->ctid;
	struct netlink *nl = NULL;
	int r;

	/*
	 * A client from before a reboot may be about to end; and a client is bound to the
	 * interface's name.
	 */
	if (!old || (has_client(old) && (!has_client(net) || !str_eq(old->name, net->name))))
		hostnet_stop(ctid, net->index);
	r = netns_open_pidfd(pidfd, &nl, e);
	/* With a smaller MTU, IPv6's files below /proc/sys are missing: report the MTU instead. */
	if (r == 0 && net->host_managed)
		r = netconf_check_mtu(nl, net, e);
	if (r == 0)
		r = drop_token(pidfd, nl, old, net, e);
	if (r == 0)
		r = set_advertisements(pidfd, net, e);
	if (r == 0)
		r = netconf_apply(nl, conf, old, net, e);
	if (r == 0)
		r = renew_advertised(pidfd, nl, old, net, e);
	netlink_close(nl);
	if (r == 0 && has_client(net))
		r = start_client(ctid, net, pidfd, e);
	return r;
}
