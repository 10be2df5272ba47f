/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and routes of a link, by rtnetlink(7); lib/net/netstate.h reads them. */
#ifndef LIB_NET_NETLINK_INET_H
#define LIB_NET_NETLINK_INET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/netaddr.h"

struct err;
struct netlink;

/* One that is there gets the lifetime: seconds, or 0 for ever. */
int netlink_add_address(struct netlink *nl, int link, const struct cidr *address,
			uint32_t lifetime, struct err *e);
/* Not being there is no error, here and below. */
int netlink_del_address(struct netlink *nl, int link, const struct cidr *address, struct err *e);

struct route {
	struct cidr to; /* prefix 0: the default route, of the address's family */
	struct ip via;  /* AF_UNSPEC: on the link */
	bool onlink;    /* take via for a neighbour, though no subnet holds it */
	uint32_t metric; /* 0: the kernel's default */
};

/* It takes the place of one to the same destination with the same metric. */
int netlink_add_route(struct netlink *nl, int link, const struct route *route, struct err *e);
int netlink_del_route(struct netlink *nl, int link, const struct route *route, struct err *e);

int netlink_up(struct netlink *nl, int link, struct err *e);

/*
 * Whether a subnet's further addresses outlive its first one (promote_secondaries).  *ret_before
 * may be NULL.
 */
int netlink_set_promote(struct netlink *nl, int link, bool on, bool *ret_before, struct err *e);

/* Whether a new hardware address is told to the neighbours (arp_notify). */
int netlink_set_announce(struct netlink *nl, int link, bool on, bool *ret_before, struct err *e);

/* The interface identifier of stateless autoconfiguration. */
int netlink_set_token(struct netlink *nl, int link, const struct ip *token, struct err *e);

#endif
