/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and routes of a network, set in the container's namespace from outside. */
#ifndef LIB_NET_NETCONF_H
#define LIB_NET_NETCONF_H

struct err;
struct net;
struct netlink;

/*
 * Make the kernel's addresses, gateways and routes those of net: what is missing is added, and
 * then what old had (NULL: nothing) and net has not is taken away.  What neither names stays: a
 * lease, an advertised address, what was set by hand inside.  Idempotent; on failure
 * netconf_apply(nl, net, old, e) brings back what was.
 *
 * nl is a conversation inside (lib/net/netns.h).  The interface net->name is brought up when net is
 * managed by the host; else one that is down is left alone, as what brings it up inside sets it,
 * too.
 */
int netconf_apply(struct netlink *nl, const struct net *old, const struct net *net, struct err *e);

/* Refused when net has IPv6 and the interface's MTU is too low for it, as netconf_apply() does. */
int netconf_check_mtu(struct netlink *nl, const struct net *net, struct err *e);

/* Add what is missing of its routes of one family: they went with the last address, as a lease. */
int netconf_add_routes(struct netlink *nl, const struct net *net, int family, struct err *e);

#endif
