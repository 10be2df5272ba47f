/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links by rtnetlink(7).  Only netlink*.c and netstate.c include libmnl. */
#ifndef LIB_NET_NETLINK_H
#define LIB_NET_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

struct link {
	int index;
	int master; /* index of the bridge that it is in; 0: none */
	int peer;   /* index of a veth's other end, in that one's namespace; of a VLAN's parent */
	unsigned mtu;
	bool up;
	bool vlan_aware;  /* a bridge that filters by VLAN */
	char name[16];
	char kind[16];    /* "bridge", "veth" ...; empty: none, as hardware has */
	unsigned group;   /* LINK_GROUP: made by us */
};

/* "pct".  The kernel takes it in the request that makes a link, which it does not an alias. */
#define LINK_GROUP 0x706374

/* One conversation with the kernel; close with netlink_close(). */
struct netlink;
int netlink_open(struct netlink **ret, struct err *e);
void netlink_close(struct netlink *nl); /* NULL is fine */

/* Look a link up by name.  -ENODEV when there is none. */
int netlink_get(struct netlink *nl, const char *name, struct link *ret, struct err *e);

/* The links in a bridge; the caller frees *ret. */
int netlink_ports(struct netlink *nl, const struct link *bridge, struct link **ret, size_t *ret_n,
		  struct err *e);

#define LINK_NO_MASTER -1

/* Fields that are 0 stay as they are. */
struct link_change {
	unsigned mtu;
	int master;          /* index, or LINK_NO_MASTER */
	bool up, down;
	const char *name;    /* the kernel wants it down for this */
	const char *hwaddr;  /* as in the config */
	pid_t netns;         /* move it into this process's; the other changes happen there */
};

/* In one request.  What it has already costs nothing and disturbs nothing. */
int netlink_set(struct netlink *nl, const struct link *link, const struct link_change *change,
		struct err *e);

/*
 * Make a veth pair: name here, with a hardware address that no bridge would take for its own, and
 * the other end as peer says (name, and netns, hwaddr, mtu where given).  Both are down.
 */
int netlink_add_veth(struct netlink *nl, const char *name, unsigned mtu,
		     const struct link_change *peer, struct err *e);
/* Without multicast snooping; the host has no IPv6 on it and answers for no address
 * of another link.  -EEXIST leaves the one that is there alone. */
int netlink_add_bridge(struct netlink *nl, const char *name, struct err *e);
/* VLAN tag on parent. */
int netlink_add_vlan(struct netlink *nl, const char *name, const struct link *parent, unsigned tag,
		     struct err *e);

/* Not being there is no error. */
int netlink_del(struct netlink *nl, const char *name, struct err *e);

/* 0: there is no such link, or it is not a bridge. */
unsigned netlink_bridge_mtu(const char *name);

/* VLANs of a port of a bridge that is aware of them. */
struct vlan_range;
struct port_vlans {
	unsigned tag;                    /* what is not tagged belongs to it, 1 to 4094 */
	const struct vlan_range *trunks; /* let through tagged */
	size_t n_trunks;
};
/* Exactly these, whatever it had.  -EOPNOTSUPP where the kernel has no VLAN filtering. */
int netlink_set_vlans(struct netlink *nl, const struct link *port, const struct port_vlans *vlans,
		      struct err *e);

#endif
