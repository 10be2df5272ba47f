/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets addresses and routes of a network in the container's namespace, from the host.
 *
 * If several networks of a config have a route to the same destination, such as the default route,
 * the first network has it, as after a start: networks that the host manages come before the
 * others, since they are set before init runs; and then, net0 comes before net1.
 */
#ifndef LIB_NET_NETCONF_H
#define LIB_NET_NETCONF_H

struct conf;
struct err;
struct net;
struct netlink;
struct route;

/*
 * Configure addresses, gateways and routes as in net.  First adds missing ones, then removes those
 * that are in old (NULL: none) but not in net.  All others stay: leases, advertised addresses,
 * settings made by hand in the container.  Idempotent.  After a failure, netconf_apply(nl, conf,
 * net, old, e) restores the old state.  conf has net and all other networks.
 *
 * nl is a conversation in the container's namespace (lib/net/netns.h).  If the host manages net,
 * the interface net->name is brought up.  Otherwise an interface that is down is left alone, since
 * the program that brings it up sets its addresses, too.
 */
int netconf_apply(struct netlink *nl, const struct conf *conf, const struct net *old,
		  const struct net *net, struct err *e);

/* Fails if net has IPv6 and the interface's MTU is too small for it, like netconf_apply(). */
int netconf_check_mtu(struct netlink *nl, const struct net *net, struct err *e);

/*
 * Describe what netconf_apply() would add to a network that the host manages, as in "eth0 does not
 * have the address 10.0.0.5/24"; NULL: nothing.  The caller frees *ret.
 */
int netconf_find_fault(struct netlink *nl, const struct conf *conf, const struct net *net,
		       char **ret, struct err *e);

/* Add missing routes of one family, which the kernel removed with the last address or lease. */
int netconf_add_routes(struct netlink *nl, const struct conf *conf, const struct net *net,
		       int family, struct err *e);

/* Add a route of a lease, unless net, or a network before it, has one to the same destination. */
int netconf_add_lease_route(struct netlink *nl, const struct conf *conf, const struct net *net,
			    const struct route *route, struct err *e);

/*
 * Add routes of the config to destinations that no interface has any more, after a network has been
 * changed or removed.  Skips interfaces that are missing, down, or without a suitable address.
 */
int netconf_fill_gaps(struct netlink *nl, const struct conf *conf, struct err *e);

#endif
