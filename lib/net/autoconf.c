/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/autoconf.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/netstate.h"

/* Whether the kernel has the route only since a router said that its addresses are on the link. */
static bool is_on_link(const struct netstate_link *link, const struct netstate_route *route)
{
	if (route->to.ip.family != AF_INET6 || !route->kernel || ip_is_link_local(&route->to.ip))
		return false;
	for (size_t i = 0; i < link->n_addresses; i++)
		if (!link->address[i].dynamic &&
		    cidr_contains(&route->to, &link->address[i].cidr.ip))
			return false;
	return true;
}

static int drop(struct netlink *nl, const struct netstate_link *link, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < link->n_addresses && r == 0; i++) {
		const struct netstate_address *at = &link->address[i];

		if (at->cidr.ip.family == AF_INET6 && at->dynamic && at->global)
			r = netlink_del_address(nl, link->index, &at->cidr, e);
	}
	for (size_t i = 0; i < link->n_routes && r == 0; i++) {
		const struct netstate_route *at = &link->route[i];

		if (at->advertised || is_on_link(link, at))
			r = netlink_del_route(nl, link->index,
					      &(struct route){ .to = at->to, .via = at->via,
							       .metric = at->metric }, e);
	}
	return r;
}

int autoconf_drop(struct netlink *nl, const char *ifname, struct err *e)
{
	struct netstate_link link = { 0 };
	int r;

	snprintf(link.name, sizeof link.name, "%s", ifname);
	r = netstate_read(nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES, &link, 1, e);
	if (r == 0 && link.index)
		r = drop(nl, &link, e);
	netstate_done(&link, 1);
	return r;
}

int autoconf_ask(int pidfd, int link, struct err *e)
{
	static const struct nd_router_solicit question = { .nd_rs_type = ND_ROUTER_SOLICIT };
	static const int hops = 255;
	struct sockaddr_in6 routers = { .sin6_family = AF_INET6,
					.sin6_scope_id = (unsigned)link };
	autoclose int fd = netns_socket(pidfd, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, e);

	if (fd < 0)
		return fd;
	inet_pton(AF_INET6, "ff02::2", &routers.sin6_addr);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) < 0 ||
	    (sendto(fd, &question, sizeof question, 0, (struct sockaddr *)&routers,
		    sizeof routers) < 0 &&
	     errno != EADDRNOTAVAIL)) /* the kernel asks once the link-local address is usable */
		return err_sys(e, NULL, "ask for a router advertisement");
	return 0;
}

static const struct cidr *find_link_local(const struct netstate_link *link, const struct ip *ip)
{
	for (size_t i = 0; i < link->n_addresses; i++) {
		const struct cidr *at = &link->address[i].cidr;

		if (at->ip.family == AF_INET6 && ip_is_link_local(&at->ip) &&
		    (!ip || ip_equal(&at->ip, ip)))
			return at;
	}
	return NULL;
}

static int set_link_local(struct netlink *nl, const struct netstate_link *link, const char *old,
			  struct err *e)
{
	struct ip before = old ? ip_link_local_of(old) : (struct ip){ 0 };
	const struct cidr *there = find_link_local(link, old ? &before : NULL);
	struct cidr now = { ip_link_local_of(link->hwaddr), 64 };
	int r;

	if (!there == !!old || ip_equal(&before, &now.ip))
		return 0;
	r = netlink_add_address(nl, link->index, &now, 0, e);
	if (r == -EACCES) /* IPv6 is off on the interface */
		return 0;
	return r == 0 && old ? netlink_del_address(nl, link->index, there, e) : r;
}

int autoconf_set_link_local(struct netlink *nl, const char *ifname, const char *old,
			    struct err *e)
{
	struct netstate_link link = { 0 };
	int r;

	snprintf(link.name, sizeof link.name, "%s", ifname);
	r = netstate_read(nl, NETSTATE_ADDRESSES, &link, 1, e);
	if (r == 0 && link.up && hwaddr_valid(link.hwaddr))
		r = set_link_local(nl, &link, old, e);
	netstate_done(&link, 1);
	return r;
}
