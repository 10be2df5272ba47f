/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/netconf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
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

/* A network, and what the kernel has of all networks of its config. */
struct state {
	struct netlink *nl;
	const struct conf *conf;
	const struct net *net;
	struct netstate_link links[CONF_MAX_NETS]; /* in the order of conf->nets */
	struct netstate_link *link;                /* net's */
};

static void state_init(struct state *s, struct netlink *nl, const struct conf *conf,
		       const struct net *net)
{
	*s = (struct state){ .nl = nl, .conf = conf, .net = net };
	for (size_t i = 0; i < conf->n_nets; i++) {
		snprintf(s->links[i].name, sizeof s->links[i].name, "%s", conf->nets[i].name);
		if (conf->nets[i].index == net->index)
			s->link = &s->links[i];
	}
}

static int state_read(struct state *s, struct err *e)
{
	netstate_done(s->links, s->conf->n_nets);
	return netstate_read(s->nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES, s->links,
			     s->conf->n_nets, e);
}

/* Free s, and name its network in the error. */
static int state_done(struct state *s, int r, struct err *e)
{
	netstate_done(s->links, s->conf->n_nets);
	return r < 0 ? err_wrap(e, "net%u (%s)", s->net->index, s->net->name) : 0;
}

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

static bool routes_have_to(const struct routes *routes, const struct cidr *to)
{
	for (size_t i = 0; i < routes->n; i++)
		if (cidr_equal(&routes->v[i].to, to))
			return true;
	return false;
}

/* ---- adding ---- */

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

/* The place of an address in the kernel's list; -1: it is not there, or has a lifetime. */
static int place_of(const struct netstate_link *link, const struct cidr *address)
{
	for (size_t i = 0; i < link->n_addresses; i++)
		if (cidr_equal(&link->address[i].cidr, address) && !link->address[i].dynamic)
			return (int)i;
	return -1;
}

/*
 * The first IPv4 address of a subnet is the source of its route, so the kernel's order is that of
 * the config: an address behind a new one, or before its predecessor, is moved to the end.
 */
static int add_addresses(struct netlink *nl, const struct netstate_link *link,
			 const struct net_family *f, struct err *e)
{
	int last = -1, r = 0;
	bool promote = false;

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses && r == 0; i++) {
		const struct cidr *address = &f->address[i];
		int place = place_of(link, address);

		if (place > last || (place >= 0 && address->ip.family == AF_INET6)) {
			last = place;
			continue;
		}
		last = INT_MAX;
		r = place < 0 ? make_room(nl, link, address, e)
			      : netlink_set_promote(nl, link->index, true, &promote, e);
		if (r == 0 && place >= 0)
			r = netlink_del_address(nl, link->index, address, e);
		if (r == 0)
			r = netlink_add_address(nl, link->index, address, 0, e);
		if (place >= 0)
			netlink_set_promote(nl, link->index, promote, NULL, NULL);
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

#define IPV6_METRIC 1024 /* what the kernel makes of 0 */

/* The route of a link that a new one with the same destination would replace; NULL: none. */
static const struct netstate_route *rival(const struct netstate_link *link,
					  const struct route *route)
{
	unsigned metric = route->to.ip.family == AF_INET6 && !route->metric ? IPV6_METRIC
									   : route->metric;

	for (size_t i = 0; link->index && i < link->n_routes; i++)
		if (cidr_equal(&link->route[i].to, &route->to) && link->route[i].metric == metric)
			return &link->route[i];
	return NULL;
}

static bool is_before(const struct net *a, const struct net *b)
{
	return a->host_managed != b->host_managed ? a->host_managed : a->index < b->index;
}

/* Whether the link has net's own route to this destination; some programs give it a metric. */
static bool has_own(const struct netstate_link *link, const struct net *net, const struct cidr *to)
{
	struct routes routes;

	routes_of(net, &routes);
	for (size_t i = 0; i < routes.n; i++)
		if (cidr_equal(&routes.v[i].to, to) && link_has_route(link, &routes.v[i]))
			return true;
	return false;
}

/* Whether a network before this one has the destination of the route. */
static bool is_taken(const struct state *s, const struct route *route)
{
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (is_before(net, s->net) && (rival(&s->links[i], route) ||
					       has_own(&s->links[i], net, &route->to)))
			return true;
	}
	return false;
}

/*
 * A later network loses its route, unless that is from a lease: then nothing would set it again
 * once this route is removed.
 */
static enum route_place choose_place(const struct state *s, const struct route *route)
{
	for (size_t i = 0; i < s->conf->n_nets && route->to.ip.family == AF_INET; i++) {
		const struct netstate_route *there = rival(&s->links[i], route);
		struct routes routes;

		if (!there || !is_before(s->net, &s->conf->nets[i]))
			continue;
		routes_of(&s->conf->nets[i], &routes);
		if (!routes_have(&routes, &(struct route){ .to = there->to, .via = there->via }))
			return ROUTE_BEFORE;
	}
	return ROUTE_REPLACE;
}

static int add_route(const struct state *s, const struct route *route, struct err *e)
{
	if (is_taken(s, route))
		return 0;
	return netlink_add_route(s->nl, s->link->index, route, choose_place(s, route), e);
}

/* family AF_UNSPEC: both. */
static int add_routes(const struct state *s, int family, struct err *e)
{
	struct routes routes;
	int r = 0;

	routes_of(s->net, &routes);
	for (size_t i = 0; i < routes.n && r == 0; i++) {
		const struct route *route = &routes.v[i];

		if ((!family || route->to.ip.family == family) && !link_has_route(s->link, route))
			r = add_route(s, route, e);
	}
	return r;
}

static int add_missing(struct state *s, struct err *e)
{
	int family = AF_UNSPEC;
	int r = state_read(s, e);

	if (r == 0)
		r = add_addresses(s->nl, s->link, &s->net->ip4, e);
	if (r == 0)
		r = add_addresses(s->nl, s->link, &s->net->ip6, e);
	/* NetworkManager turns IPv6 off without ip6, and on again when it reads its files. */
	if (r == -EACCES && !s->net->host_managed) {
		family = AF_INET;
		r = 0;
	}
	/* A moved address has lost its routes. */
	if (r == 0)
		r = state_read(s, e);
	return r < 0 ? r : add_routes(s, family, e);
}

/* A network program in the container may remove an address before its route is added. */
static int add_all(struct state *s, struct err *e)
{
	int r = -ENETUNREACH;

	for (int i = 0; i < TRIES && (r == -ENETUNREACH || r == -EHOSTUNREACH); i++)
		r = add_missing(s, e);
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

static int apply(struct state *s, const struct net *old, struct err *e)
{
	const struct net *net = s->net;
	bool dropped = false;
	int r = state_read(s, e);

	if (r == 0 && !s->link->index)
		return err_set(e, ENODEV, NULL, "the container has no such interface");
	if (r == 0 && !s->link->up) {
		if (!net->host_managed)
			return 0;
		r = netlink_up(s->nl, s->link->index, e);
	}
	if (r == 0)
		r = check_mtu(s->link, net, e);
	if (r == 0 && net->host_managed && net->ip6.token.family != AF_UNSPEC)
		r = netlink_set_token(s->nl, s->link->index, &net->ip6.token, e);
	if (r == 0)
		r = add_all(s, e);
	if (r == 0 && old)
		r = drop_old(s->nl, s->link->index, old, net, &dropped, e);
	/* Removing an address makes the kernel remove routes, too. */
	if (r == 0 && dropped)
		r = add_all(s, e);
	return r;
}

int netconf_apply(struct netlink *nl, const struct conf *conf, const struct net *old,
		  const struct net *net, struct err *e)
{
	struct state s;

	state_init(&s, nl, conf, net);
	return state_done(&s, apply(&s, old, e), e);
}

int netconf_check_mtu(struct netlink *nl, const struct net *net, struct err *e)
{
	struct netstate_link link = { 0 };
	int r;

	snprintf(link.name, sizeof link.name, "%s", net->name);
	r = netstate_read(nl, 0, &link, 1, e);
	if (r == 0)
		r = check_mtu(&link, net, e);
	return r < 0 ? err_wrap(e, "net%u (%s)", net->index, net->name) : 0;
}

static char *missing_address(const struct netstate_link *link, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (place_of(link, &f->address[i]) < 0)
			return xasprintf("%s does not have the address %s/%u", link->name,
					 ip_format(&f->address[i].ip, text), f->address[i].prefix);
	return NULL;
}

static char *missing_route(const struct state *s)
{
	char text[IP_TEXT_MAX];
	struct routes routes;

	routes_of(s->net, &routes);
	for (size_t i = 0; i < routes.n; i++)
		if (!link_has_route(s->link, &routes.v[i]) && !is_taken(s, &routes.v[i]))
			return xasprintf("%s does not have the route to %s/%u", s->link->name,
					 ip_format(&routes.v[i].to.ip, text),
					 routes.v[i].to.prefix);
	return NULL;
}

int netconf_find_fault(struct netlink *nl, const struct conf *conf, const struct net *net,
		       char **ret, struct err *e)
{
	struct state s;
	int r;

	state_init(&s, nl, conf, net);
	r = state_read(&s, e);
	*ret = NULL;
	if (r == 0 && !s.link->up)
		*ret = xasprintf("%s is %s in the container", net->name,
				 s.link->index ? "down" : "missing");
	if (r == 0 && !*ret)
		*ret = missing_address(s.link, &net->ip4);
	if (r == 0 && !*ret)
		*ret = missing_address(s.link, &net->ip6);
	if (r == 0 && !*ret)
		*ret = missing_route(&s);
	return state_done(&s, r, e);
}

int netconf_add_routes(struct netlink *nl, const struct conf *conf, const struct net *net,
		       int family, struct err *e)
{
	struct state s;
	int r;

	state_init(&s, nl, conf, net);
	r = state_read(&s, e);
	if (r == 0 && s.link->index)
		r = add_routes(&s, family, e);
	return state_done(&s, r, e);
}

int netconf_add_lease_route(struct netlink *nl, const struct conf *conf, const struct net *net,
			    const struct route *route, struct err *e)
{
	struct routes own;
	struct state s;
	int r;

	state_init(&s, nl, conf, net);
	routes_of(net, &own);
	r = state_read(&s, e);
	if (r == 0 && s.link->index && !link_has_route(s.link, route) &&
	    !routes_have_to(&own, &route->to))
		r = add_route(&s, route, e);
	return state_done(&s, r, e);
}

static int fill_gaps(const struct state *s, struct err *e)
{
	struct routes routes;
	int r = 0;

	routes_of(s->net, &routes);
	for (size_t i = 0; i < routes.n && s->link->up && r == 0; i++)
		if (!link_has_route(s->link, &routes.v[i]) && !is_taken(s, &routes.v[i])) {
			r = netlink_add_route(s->nl, s->link->index, &routes.v[i],
					      ROUTE_UNLESS, e);
			/* A program in the container may be about to set the address. */
			r = r == -ENETUNREACH || r == -EHOSTUNREACH ? 0 : r;
		}
	return r;
}

int netconf_fill_gaps(struct netlink *nl, const struct conf *conf, struct err *e)
{
	bool done[CONF_MAX_NETS] = { false };
	int r = 0;

	for (size_t n = 0; n < conf->n_nets && r == 0; n++) {
		const struct net *first = NULL;
		struct state s;

		for (size_t i = 0; i < conf->n_nets; i++)
			if (!done[i] && (!first || is_before(&conf->nets[i], first)))
				first = &conf->nets[i];
		done[first - conf->nets] = true;
		state_init(&s, nl, conf, first);
		r = state_read(&s, e);
		if (r == 0)
			r = fill_gaps(&s, e);
		r = state_done(&s, r, e);
	}
	return r;
}
