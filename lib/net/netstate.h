/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the kernel's state of some interfaces in one pass: links, addresses, routes, neighbours;
 * and watches for changes.  Root of the namespace can create any number of them: at most
 * NETSTATE_MAX are kept, and the rest is counted.
 */
#ifndef LIB_NET_NETSTATE_H
#define LIB_NET_NETSTATE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/netaddr.h"
#include "lib/conf/conf.h"

struct err;
struct netlink;

#define NETSTATE_MAX 64 /* of each kind, per interface */

struct netstate_address {
	struct cidr cidr;
	bool global;    /* scope global; not link-local or host */
	bool tentative; /* not usable yet: duplicate address detection is running */
	bool failed;    /* duplicate address detected */
	bool dynamic;   /* with a lifetime: from a lease or an advertisement */
};

struct netstate_route {
	struct cidr to; /* prefix 0: the default route */
	struct ip via;  /* AF_UNSPEC: directly on the link */
	bool kernel;    /* added by the kernel for an address: not a default route, and direct */
	bool advertised; /* by a router */
	unsigned metric;
};

struct netstate_neighbour {
	struct ip ip;
	char hwaddr[18];   /* empty: unknown */
	const char *state; /* "reachable", "stale", "failed" ... */
};

struct netstate_link {
	char name[16]; /* set by the caller */
	int index;     /* 0: no such link; other fields are unset */
	int peer;      /* for a veth: index of the other end, in its namespace */
	unsigned mtu;
	bool up, carrier;
	char port_of[16]; /* the kind of the link that it is a port of, "bridge"; "": of none */
	char hwaddr[18];
	struct netstate_address *address;
	struct netstate_route *route; /* unicast, from the main table */
	struct netstate_neighbour *neighbour;
	/* Numbers that are kept, and numbers beyond the limit. */
	size_t n_addresses, n_routes, n_neighbours;
	size_t more_addresses, more_routes, more_neighbours;
};

enum netstate_part { NETSTATE_ADDRESSES = 1, NETSTATE_ROUTES = 2, NETSTATE_NEIGHBOURS = 4 };

/*
 * Fill n links, whose names are set, with these parts.  Free with netstate_done(), also after a
 * failure.
 */
int netstate_read(struct netlink *nl, unsigned parts, struct netstate_link *links, size_t n,
		  struct err *e);
void netstate_done(struct netstate_link *links, size_t n);

/* Rate and VLANs of a bridge port. */
#define NETSTATE_VLANS 32
struct netstate_port {
	uint64_t rate; /* bytes per second that tbf lets it send; 0: no limit */
	unsigned tag;  /* VLAN of untagged frames; 0: none */
	struct vlan_range trunks[NETSTATE_VLANS];
	size_t n_trunks;
};
int netstate_read_port(struct netlink *nl, int index, struct netstate_port *ret, struct err *e);

/*
 * Subscribe this conversation to changes of links, addresses and routes; it is then of no other
 * use.  poll(2) its descriptor, discard the messages, then read the state in another conversation.
 */
int netstate_watch(struct netlink *nl, struct err *e);
int netstate_fd(const struct netlink *nl);
void netstate_forget(struct netlink *nl);

#endif
