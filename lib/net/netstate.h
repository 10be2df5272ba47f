/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel has of some interfaces, in one pass: links, addresses, routes, neighbours; and to
 * be told when that changes.  Who is root in the namespace can make as much of each as he likes: of
 * what is kept there is a limit, of how much there is a count.
 */
#ifndef LIB_NET_NETSTATE_H
#define LIB_NET_NETSTATE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/netaddr.h"
#include "lib/conf/conf.h"

struct err;
struct netlink;

#define NETSTATE_MAX 64 /* of each kind and interface */

struct netstate_address {
	struct cidr cidr;
	bool global;    /* its scope: no link-local or host address */
	bool tentative; /* not to be used yet: the kernel still asks whether somebody has it */
	bool failed;    /* somebody has it */
	bool dynamic;   /* it has a lifetime: of a lease, or an advertisement */
};

struct netstate_route {
	struct cidr to; /* prefix 0: the default route */
	struct ip via;  /* AF_UNSPEC: on the link */
	bool kernel;    /* made by the kernel itself, for an address */
	unsigned metric;
};

struct netstate_neighbour {
	struct ip ip;
	char hwaddr[18];   /* empty: not known */
	const char *state; /* "reachable", "stale", "failed" ... */
};

struct netstate_link {
	char name[16]; /* as asked for */
	int index;     /* 0: there is none, and the rest says nothing */
	int peer;      /* of a veth: index of the other end, in its own namespace */
	unsigned mtu;
	bool up, carrier;
	char hwaddr[18];
	struct netstate_address *address;
	struct netstate_route *route; /* of the main table, unicast */
	struct netstate_neighbour *neighbour;
	/* How many are kept of each, and how many there were beyond. */
	size_t n_addresses, n_routes, n_neighbours;
	size_t more_addresses, more_routes, more_neighbours;
};

enum netstate_part { NETSTATE_ADDRESSES = 1, NETSTATE_ROUTES = 2, NETSTATE_NEIGHBOURS = 4 };

/*
 * Fill n links, of which the names are given, with these parts.  Free with netstate_done(), also
 * after a failure.
 */
int netstate_read(struct netlink *nl, unsigned parts, struct netstate_link *links, size_t n,
		  struct err *e);
void netstate_done(struct netstate_link *links, size_t n);

/* What limits and sorts what goes through a link: a port of a bridge. */
#define NETSTATE_VLANS 32
struct netstate_port {
	uint64_t rate; /* bytes a second that may be sent, by tbf; 0: no limit */
	unsigned tag;  /* VLAN of what is not tagged; 0: none */
	struct vlan_range trunks[NETSTATE_VLANS];
	size_t n_trunks;
};
int netstate_read_port(struct netlink *nl, int index, struct netstate_port *ret, struct err *e);

/*
 * From now on this conversation is told of changes of links, addresses and routes, and is good for
 * nothing else.  poll(2) its descriptor; then forget what came, and read in another one.
 */
int netstate_watch(struct netlink *nl, struct err *e);
int netstate_fd(const struct netlink *nl);
void netstate_forget(struct netlink *nl);

#endif
