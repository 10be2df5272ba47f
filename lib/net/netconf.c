/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/netconf.h"

#include <errno.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/onlink.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netstate.h"

#define TRIES 3

/* The config's routes, a gateway of each family, and a host route to each of their next hops. */
#define MAX_ROUTES (2 * (CONF_MAX_ADDRESSES + 2))

struct routes {
	struct route v[MAX_ROUTES];
	size_t n;
};

static bool cidr_equal(const struct cidr *a, const struct cidr *b)
{
	return a->prefix == b->prefix && ip_equal(&a->ip, &b->ip);
}

static bool is_behind_router(const struct net *net, const struct cidr *to)
{
	for (size_t i = 0; i < net->n_routes; i++)
		if (net->route[i].via.family && cidr_equal(&net->route[i].to, to))
			return true;
	return false;
}

/* Add host routes to onlink next hops, like setup does for network programs in the container. */
static void add_hops(struct routes *to, const struct net *net, int family)
{
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_find(net, family, hops);

	for (size_t i = 0; i < n; i++) {
		struct cidr hop = { hops[i], family == AF_INET ? 32 : 128 };

		/* The host route would replace that route. */
		if (!is_behind_router(net, &hop))
			to->v[to->n++].to = hop;
	}
}

static void add_gateway(struct routes *to, const struct net_family *f)
{
	if (net_has_gateway(f))
		to->v[to->n++] = (struct route){ .to.ip.family = f->gateway.family,
						 .via = f->gateway };
}

/* List net's routes in the order in which they can be added. */
static void routes_of(const struct net *net, struct routes *to)
{
	*to = (struct routes){ .n = 0 };
	if (!net)
		return;
	add_hops(to, net, AF_INET);
	add_hops(to, net, AF_INET6);
	add_gateway(to, &net->ip4);
	add_gateway(to, &net->ip6);
	for (size_t i = 0; i < net->n_routes; i++)
		to->v[to->n++] = (struct route){ .to = net->route[i].to, .via = net->route[i].via };
}

static bool family_has(const struct net_family *f, const struct cidr *address)
{
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (cidr_equal(&f->address[i], address))
			return true;
	return false;
}

static bool routes_have(const struct routes *routes, const struct route *route)
{
	for (size_t i = 0; i < routes->n; i++)
		if (cidr_equal(&routes->v[i].to, &route->to) &&
		    ip_equal(&routes->v[i].via, &route->via))
			return true;
	return false;
}

/* ---- adding ---- */

static bool link_has_address(const struct netstate_link *link, const struct cidr *address)
{
	for (size_t i = 0; i < link->n_addresses; i++)
		if (cidr_equal(&link->address[i].cidr, address) && !link->address[i].dynamic)
			return true;
	return false;
}

/* The kernel allows an IPv6 address only once, whatever its prefix. */
static int make_room(struct netlink *nl, const struct netstate_link *link,
		     const struct cidr *address, struct err *e)
{
	for (size_t i = 0; i < link->n_addresses && address->ip.family == AF_INET6; i++) {
		const struct cidr *there = &link->address[i].cidr;

		if (ip_equal(&there->ip, &address->ip) && there->prefix != address->prefix)
			return netlink_del_address(nl, link->index, there, e);
	}
	return 0;
}

static int add_addresses(struct netlink *nl, const struct netstate_link *link,
			 const struct net_family *f, struct err *e)
{
	int r = 0;

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses && r == 0; i++) {
		if (link_has_address(link, &f->address[i]))
			continue;
		r = make_room(nl, link, &f->address[i], e);
		if (r == 0)
			r = netlink_add_address(nl, link->index, &f->address[i], 0, e);
	}
	return r;
}

static bool link_has_route(const struct netstate_link *link, const struct route *route)
{
	for (size_t i = 0; i < link->n_routes; i++)
		if (cidr_equal(&link->route[i].to, &route->to) &&
		    ip_equal(&link->route[i].via, &route->via))
			return true;
	return false;
}

static int read_link(struct netlink *nl, struct netstate_link *link, struct err *e)
{
	netstate_done(link, 1);
	return netstate_read(nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES, link, 1, e);
}

/* family AF_UNSPEC: both. */
static int add_routes(struct netlink *nl, const struct netstate_link *link, const struct net *net,
		      int family, struct err *e)
{
	struct routes routes;
	int r = 0;

	routes_of(net, &routes);
	for (size_t i = 0; i < routes.n && r == 0; i++) {
		const struct route *route = &routes.v[i];

		if ((!family || route->to.ip.family == family) && !link_has_route(link, route))
			r = netlink_add_route(nl, link->index, route, e);
	}
	return r;
}

static int add_missing(struct netlink *nl, struct netstate_link *link, const struct net *net,
		       struct err *e)
{
	int r = read_link(nl, link, e);

	if (r == 0)
		r = add_addresses(nl, link, &net->ip4, e);
	if (r == 0)
		r = add_addresses(nl, link, &net->ip6, e);
	return r < 0 ? r : add_routes(nl, link, net, AF_UNSPEC, e);
}

/* A network program in the container may remove an address before its route is added. */
static int add_all(struct netlink *nl, struct netstate_link *link, const struct net *net,
		   struct err *e)
{
	int r = -ENETUNREACH;

	for (int i = 0; i < TRIES && (r == -ENETUNREACH || r == -EHOSTUNREACH); i++)
		r = add_missing(nl, link, net, e);
	return r;
}

/* ---- removing ---- */

static int drop_routes(struct netlink *nl, int link, const struct net *old, const struct net *net,
		       bool *dropped, struct err *e)
{
	struct routes had, wanted;
	int r = 0;

	routes_of(old, &had);
	routes_of(net, &wanted);
	/* Remove the route to a gateway last. */
	for (size_t i = had.n; i-- > 0 && r == 0;)
		if (!routes_have(&wanted, &had.v[i])) {
			r = netlink_del_route(nl, link, &had.v[i], e);
			*dropped = true;
		}
	return r;
}

static int drop_addresses(struct netlink *nl, int link, const struct net_family *old,
			  const struct net_family *net, bool *dropped, struct err *e)
{
	int r = 0;

	for (size_t i = 0; old->method == IP_STATIC && i < old->n_addresses && r == 0; i++)
		if (!family_has(net, &old->address[i])) {
			r = netlink_del_address(nl, link, &old->address[i], e);
			*dropped = true;
		}
	return r;
}

static int drop_old(struct netlink *nl, int link, const struct net *old, const struct net *net,
		    bool *dropped, struct err *e)
{
	bool promote = false;
	int r = drop_routes(nl, link, old, net, dropped, e);

	/*
	 * Otherwise, removing the first address of a subnet would remove its other addresses, too.
	 */
	if (r == 0)
		r = netlink_set_promote(nl, link, true, &promote, e);
	if (r < 0)
		return r;
	r = drop_addresses(nl, link, &old->ip4, &net->ip4, dropped, e);
	if (r == 0)
		r = drop_addresses(nl, link, &old->ip6, &net->ip6, dropped, e);
	netlink_set_promote(nl, link, promote, NULL, NULL);
	return r;
}

static int check_mtu(const struct netstate_link *link, const struct net *net, struct err *e)
{
	if (!link->index || link->mtu >= NET_IPV6_MTU || !net_sets_ipv6(net))
		return 0;
	err_set(e, EINVAL, NULL, "has an MTU of %u, but IPv6 needs at least %d", link->mtu,
		NET_IPV6_MTU);
	return err_remedy(e,
			  "raise its mtu (or the bridge's MTU, if it has none) to %d, or remove "
			  "ip6 and IPv6 routes from net%u",
			  NET_IPV6_MTU, net->index);
}

static int apply(struct netlink *nl, struct netstate_link *link, const struct net *old,
		 const struct net *net, struct err *e)
{
	bool dropped = false;
	int r = read_link(nl, link, e);

	if (r == 0 && !link->index)
		return err_set(e, ENODEV, NULL, "the container has no such interface");
	if (r == 0 && !link->up) {
		if (!net->host_managed)
			return 0;
		r = netlink_up(nl, link->index, e);
	}
	if (r == 0)
		r = check_mtu(link, net, e);
	if (r == 0 && net->host_managed && net->ip6.token.family != AF_UNSPEC)
		r = netlink_set_token(nl, link->index, &net->ip6.token, e);
	if (r == 0)
		r = add_all(nl, link, net, e);
	if (r == 0 && old)
		r = drop_old(nl, link->index, old, net, &dropped, e);
	/* Removing an address makes the kernel remove routes, too. */
	if (r == 0 && dropped)
		r = add_all(nl, link, net, e);
	return r;
}

/* A link with net's interface name, to be filled. */
static struct netstate_link link_of(const struct net *net)
{
	struct netstate_link link = { 0 };

	snprintf(link.name, sizeof link.name, "%s", net->name);
	return link;
}

int netconf_apply(struct netlink *nl, const struct net *old, const struct net *net, struct err *e)
{
	struct netstate_link link = link_of(net);
	int r = apply(nl, &link, old, net, e);

	netstate_done(&link, 1);
	return r < 0 ? err_wrap(e, "net%u (%s)", net->index, net->name) : 0;
}

int netconf_check_mtu(struct netlink *nl, const struct net *net, struct err *e)
{
	struct netstate_link link = link_of(net);
	int r = netstate_read(nl, 0, &link, 1, e);

	if (r == 0)
		r = check_mtu(&link, net, e);
	return r < 0 ? err_wrap(e, "net%u (%s)", net->index, net->name) : 0;
}

static char *missing_address(const struct netstate_link *link, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (!link_has_address(link, &f->address[i]))
			return xasprintf("%s does not have the address %s/%u", link->name,
					 ip_format(&f->address[i].ip, text), f->address[i].prefix);
	return NULL;
}

static char *missing_route(const struct netstate_link *link, const struct net *net)
{
	char text[IP_TEXT_MAX];
	struct routes routes;

	routes_of(net, &routes);
	for (size_t i = 0; i < routes.n; i++)
		if (!link_has_route(link, &routes.v[i]))
			return xasprintf("%s does not have the route to %s/%u", link->name,
					 ip_format(&routes.v[i].to.ip, text),
					 routes.v[i].to.prefix);
	return NULL;
}

int netconf_find_fault(struct netlink *nl, const struct net *net, char **ret, struct err *e)
{
	struct netstate_link link = link_of(net);
	int r = read_link(nl, &link, e);

	*ret = NULL;
	if (r == 0 && !link.up)
		*ret = xasprintf("%s is %s in the container", net->name,
				 link.index ? "down" : "missing");
	if (r == 0 && !*ret)
		*ret = missing_address(&link, &net->ip4);
	if (r == 0 && !*ret)
		*ret = missing_address(&link, &net->ip6);
	if (r == 0 && !*ret)
		*ret = missing_route(&link, net);
	netstate_done(&link, 1);
	return r < 0 ? err_wrap(e, "net%u (%s)", net->index, net->name) : 0;
}

int netconf_add_routes(struct netlink *nl, const struct net *net, int family, struct err *e)
{
	struct netstate_link link = link_of(net);
	int r = read_link(nl, &link, e);

	if (r == 0 && link.index)
		r = add_routes(nl, &link, net, family, e);
	netstate_done(&link, 1);
	return r < 0 ? err_wrap(e, "net%u (%s)", net->index, net->name) : 0;
}
