/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links by rtnetlink(7).  lib/netlink*.c and netstate.c alone include libmnl. */
#ifndef LIB_NETLINK_H
#define LIB_NETLINK_H

struct err;

struct link {
	int index;
	unsigned mtu;
	char kind[16]; /* "bridge", "veth" ...; empty: none */
};

/* One conversation with the kernel; close with netlink_close(). */
struct netlink;
int netlink_open(struct netlink **ret, struct err *e);
void netlink_close(struct netlink *nl); /* NULL is fine */

/* Look a link up by name.  -ENODEV when there is none. */
int netlink_get(struct netlink *nl, const char *name, struct link *ret, struct err *e);

/* Give a link its MTU and master and bring it up, in one request. */
int netlink_join(struct netlink *nl, const char *name, int master, unsigned mtu, struct err *e);

/* 0: there is no such link, or it is not a bridge. */
unsigned netlink_bridge_mtu(const char *name);

#endif
