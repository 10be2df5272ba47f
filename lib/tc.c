/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/tc.h"

#include <errno.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/tbf.h>
#include <netlink/route/tc.h>
#include <stdint.h>

#include "lib/err.h"

#define LATENCY 50000 /* microseconds that a frame may wait for its turn */
#define FRAME 65536   /* the largest that there is */

static int err_nl(struct err *e, int error, const char *link, const char *what)
{
	return err_set(e, error == -NLE_NOMEM ? ENOMEM : EIO, link, "cannot %s: %s", what,
		       nl_geterror(error));
}

static int set_qdisc(struct nl_sock *sock, struct rtnl_qdisc *qdisc, const char *link,
		     unsigned long long rate, unsigned burst, struct err *e)
{
	int r;

	if (rate == 0) {
		r = rtnl_qdisc_delete(sock, qdisc);
		/* "Invalid": the queue that every link has cannot be deleted. */
		return r == 0 || r == -NLE_OBJ_NOTFOUND || r == -NLE_INVAL || r == -NLE_NODEV
			       ? 0 : err_nl(e, r, link, "remove the limit of the rate");
	}
	rtnl_tc_set_mtu(TC_CAST(qdisc), FRAME);
	rtnl_qdisc_tbf_set_rate(qdisc, (int)rate, (int)burst, 0);
	r = rtnl_qdisc_tbf_set_limit_by_latency(qdisc, LATENCY);
	if (r == 0)
		r = rtnl_qdisc_add(sock, qdisc, NLM_F_CREATE | NLM_F_REPLACE);
	return r == 0 ? 0 : err_nl(e, r, link, "limit the rate (tbf)");
}

int tc_set_rate(const char *link, unsigned long long rate, unsigned burst, struct err *e)
{
	unsigned index = if_nametoindex(link);
	struct rtnl_qdisc *qdisc = NULL;
	struct nl_sock *sock = NULL;
	int r;

	if (!index)
		return rate ? err_sys(e, link, "look up the interface") : 0;
	if (rate > INT32_MAX)
		return err_set(e, ERANGE, link,
			       "a rate of %llu bytes/s is more than can be limited", rate);
	sock = nl_socket_alloc();
	qdisc = rtnl_qdisc_alloc();
	r = sock && qdisc ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;
	if (r == 0) {
		rtnl_tc_set_ifindex(TC_CAST(qdisc), (int)index);
		rtnl_tc_set_parent(TC_CAST(qdisc), TC_H_ROOT);
		r = rtnl_tc_set_kind(TC_CAST(qdisc), "tbf");
	}
	r = r == 0 ? set_qdisc(sock, qdisc, link, rate, burst, e)
		   : err_nl(e, r, link, "open traffic control");
	rtnl_qdisc_put(qdisc);
	nl_socket_free(sock);
	return r;
}
