/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and routes of a link, by rtnetlink(7); lib/net/netstate.h reads them. */
#ifndef LIB_NET_NETLINK_INET_H
#define LIB_NET_NETLINK_INET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/netaddr.h"

struct err;
struct netlink;

/* Add an address, or update its lifetime: in seconds, 0: unlimited. */
int netlink_add_address(struct netlink *nl, int link, const struct cidr *address,
			uint32_t lifetime, struct err *e);
/* A missing address or route is no error, here and below. */
int netlink_del_address(struct netlink *nl, int link, const struct cidr *address, struct err *e);

struct route {
	struct cidr to; /* prefix 0: the default route of the family */
	struct ip via;  /* AF_UNSPEC: directly on the link */
	bool onlink;    /* treat via as a neighbour even if it is in no subnet */
	uint32_t metric; /* 0: the kernel's default */
};

/* If there is a route to the same destination with the same metric, maybe on another link: */
enum route_place {
	ROUTE_REPLACE, /* replace it */
	ROUTE_BEFORE,  /* keep it, and use the new one; IPv4 only */
	ROUTE_UNLESS,  /* add nothing, which is no error */
};
int netlink_add_route(struct netlink *nl, int link, const struct route *route,
		      enum route_place place, struct err *e);
int netlink_del_route(struct netlink *nl, int link, const struct route *route, struct err *e);

int netlink_up(struct netlink *nl, int link, struct err *e);

/*
 * Set whether secondary addresses of a subnet survive the removal of the first one
 * (promote_secondaries).  ret_before may be NULL.
 */
int netlink_set_promote(struct netlink *nl, int link, bool on, bool *ret_before, struct err *e);

/* Set whether neighbours are told about a new hardware address (arp_notify). */
int netlink_set_announce(struct netlink *nl, int link, bool on, bool *ret_before, struct err *e);

/* Set the interface identifier for stateless autoconfiguration. */
int netlink_set_token(struct netlink *nl, int link, const struct ip *token, struct err *e);

#endif
