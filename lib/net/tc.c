/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/tc.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/tbf.h>
#include <netlink/route/tc.h>

#include "lib/base/err.h"

#define LATENCY 50000 /* microseconds that a frame may wait in the queue */
#define FRAME 65536   /* maximum frame size */

/* The burst: two of the largest frames, or thousands of the smallest; and a few in a timer tick. */
#define MIN_BURST (2 * FRAME)
#define BURSTS_A_SECOND 50

static int burst_of(uint64_t rate)
{
	return rate / BURSTS_A_SECOND < MIN_BURST ? MIN_BURST : (int)(rate / BURSTS_A_SECOND);
}

static int err_nl(struct err *e, int error, const char *link, const char *what)
{
	return err_set(e, error == -NLE_NOMEM ? ENOMEM : EIO, link, "cannot %s: %s", what,
		       nl_geterror(error));
}

static int set_qdisc(struct nl_sock *sock, struct rtnl_qdisc *qdisc, const char *link,
		     uint64_t rate, struct err *e)
{
	int r;

	if (rate == 0) {
		r = rtnl_qdisc_delete(sock, qdisc);
		/* NLE_INVAL: the link has only the default queue, which cannot be deleted. */
		return r == 0 || r == -NLE_OBJ_NOTFOUND || r == -NLE_INVAL || r == -NLE_NODEV
			       ? 0 : err_nl(e, r, link, "remove the limit of the rate");
	}
	rtnl_tc_set_mtu(TC_CAST(qdisc), FRAME);
	rtnl_qdisc_tbf_set_rate(qdisc, (int)rate, burst_of(rate), 0);
	r = rtnl_qdisc_tbf_set_limit_by_latency(qdisc, LATENCY);
	if (r == 0)
		r = rtnl_qdisc_add(sock, qdisc, NLM_F_CREATE | NLM_F_REPLACE);
	return r == 0 ? 0 : err_nl(e, r, link, "limit the rate (tbf)");
}

int tc_set_rate(const char *link, uint64_t rate, struct err *e)
{
	unsigned index = if_nametoindex(link);
	struct rtnl_qdisc *qdisc = NULL;
	struct nl_sock *sock = NULL;
	int r;

	if (!index)
		return rate ? err_sys(e, link, "look up the interface") : 0;
	if (rate > INT32_MAX)
		return err_set(e, ERANGE, link, "a rate of %" PRIu64 " bytes/s exceeds the maximum",
			       rate);
	sock = nl_socket_alloc();
	qdisc = rtnl_qdisc_alloc();
	r = sock && qdisc ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;
	if (r == 0) {
		rtnl_tc_set_ifindex(TC_CAST(qdisc), (int)index);
		rtnl_tc_set_parent(TC_CAST(qdisc), TC_H_ROOT);
		r = rtnl_tc_set_kind(TC_CAST(qdisc), "tbf");
	}
	r = r == 0 ? set_qdisc(sock, qdisc, link, rate, e)
		   : err_nl(e, r, link, "open traffic control");
	rtnl_qdisc_put(qdisc);
	nl_socket_free(sock);
	return r;
}

static uint64_t drops_in(struct nl_cache *cache, unsigned index)
{
	struct rtnl_qdisc *qdisc = rtnl_qdisc_get_by_parent(cache, (int)index, TC_H_ROOT);
	uint64_t n = qdisc ? rtnl_tc_get_stat(TC_CAST(qdisc), RTNL_TC_DROPS) : 0;

	if (qdisc)
		rtnl_qdisc_put(qdisc);
	return n;
}

int tc_drops(const char *link, uint64_t *ret, struct err *e)
{
	unsigned index = if_nametoindex(link);
	struct nl_sock *sock = nl_socket_alloc();
	struct nl_cache *cache = NULL;
	int r = sock ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;

	*ret = 0;
	if (r == 0)
		r = rtnl_qdisc_alloc_cache(sock, &cache);
	if (r == 0)
		*ret = index ? drops_in(cache, index) : 0;
	if (cache)
		nl_cache_free(cache);
	nl_socket_free(sock);
	return r == 0 ? 0 : err_nl(e, r, link, "read the limit of the rate");
}
