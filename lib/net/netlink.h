/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links by rtnetlink(7).  Only lib/net/netlink*.c and netstate.c include libmnl. */
#ifndef LIB_NET_NETLINK_H
#define LIB_NET_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

struct link {
	int index;
	int master; /* index of its bridge; 0: none */
	int peer;   /* index of a veth's other end, in its namespace, or a VLAN's parent */
	unsigned mtu;
	bool up;
	bool vlan_aware;  /* a bridge with VLAN filtering */
	char name[16];
	char kind[16];    /* "bridge", "veth" ...; empty: hardware */
	unsigned group;   /* LINK_GROUP: created by pct */
};

/* "pct".  Unlike an alias, the group can be set by the request that creates the link. */
#define LINK_GROUP 0x706374

/* A conversation with the kernel; close it with netlink_close(). */
struct netlink;
int netlink_open(struct netlink **ret, struct err *e);
void netlink_close(struct netlink *nl); /* accepts NULL */

/* Find a link by name.  -ENODEV: it does not exist. */
int netlink_get(struct netlink *nl, const char *name, struct link *ret, struct err *e);

/* List the ports of a bridge; the caller frees *ret. */
int netlink_ports(struct netlink *nl, const struct link *bridge, struct link **ret, size_t *ret_n,
		  struct err *e);

#define LINK_NO_MASTER -1

/* Changes of a link; fields that are 0 stay unchanged. */
struct link_change {
	unsigned mtu;
	int master;          /* index, or LINK_NO_MASTER */
	bool up, down;
	const char *name;    /* the link must be down */
	const char *hwaddr;  /* in the form of the config */
	pid_t netns;         /* move it to this process's namespace, then make the changes */
};

/* Make all changes in one request; skips those that are already in effect. */
int netlink_set(struct netlink *nl, const struct link *link, const struct link_change *change,
		struct err *e);

/*
 * Create a veth pair, both ends down.  The end here gets name and a hardware address that no bridge
 * would adopt; peer sets the other end (name and, unless 0, netns, hwaddr, mtu).
 */
int netlink_add_veth(struct netlink *nl, const char *name, unsigned mtu,
		     const struct link_change *peer, struct err *e);
/*
 * Create a bridge without multicast snooping.  The host has no IPv6 on it and does not answer ARP
 * for addresses of other links.  -EEXIST: the existing link is unchanged.
 */
int netlink_add_bridge(struct netlink *nl, const char *name, struct err *e);
/* Create a VLAN interface for tag on parent. */
int netlink_add_vlan(struct netlink *nl, const char *name, const struct link *parent, unsigned tag,
		     struct err *e);

/* A missing link is no error. */
int netlink_del(struct netlink *nl, const char *name, struct err *e);

/* Returns 0 if the link does not exist or is not a bridge. */
unsigned netlink_bridge_mtu(const char *name);

/* VLANs of a port of a VLAN-aware bridge. */
struct vlan_range;
struct port_vlans {
	unsigned tag;                    /* VLAN of untagged frames, 1 to 4094 */
	const struct vlan_range *trunks; /* VLANs allowed tagged */
	size_t n_trunks;
};
/* Replace all VLANs of a port.  -EOPNOTSUPP: the kernel has no VLAN filtering. */
int netlink_set_vlans(struct netlink *nl, const struct link *port, const struct port_vlans *vlans,
		      struct err *e);

#endif
