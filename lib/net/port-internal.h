/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the host's end of a network must be connected; shared by lib/net/port*.c only. */
#ifndef LIB_NET_PORT_INTERNAL_H
#define LIB_NET_PORT_INTERNAL_H

#include <stdbool.h>

#include "lib/conf/conf.h"
#include "lib/net/netlink.h"

struct err;

struct wiring {
	const struct conf *conf;
	const struct net *net;
	struct netlink *nl;
	struct link link;          /* the host's end of the veth */
	struct link bridge;        /* no index for Open vSwitch, which is not in this kernel */
	bool ovs;
	bool apart;                /* uses a firewall bridge */
	bool check;                /* uses our own firewall rules */
	unsigned mtu;              /* 0: unchanged */
	char fwbr[16], fwpr[16], fwln[16], vlan_bridge[16];
	char **old, **things;      /* objects made before, and to make now: lib/net/port-undo.h */
};

static inline bool wiring_is_plugged(const struct net *net)
{
	return net->bridge && !net->link_down;
}

/* Set the names, and open the conversation.  Close it with wiring_close(), also after a failure. */
int wiring_open(const struct conf *conf, const struct net *net, const char *link,
		struct wiring *ret, struct err *e);
/* Find the bridge, and set the rest from it and the config. */
int wiring_plan(struct wiring *p, struct err *e);
void wiring_close(struct wiring *p);

/* The VLANs that the port of a VLAN-aware bridge must have. */
struct port_vlans wiring_vlans(const struct net *net);

#endif
