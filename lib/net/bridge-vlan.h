/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A VLAN on a bridge that knows none: vmbr0v5 is the bridge of those in VLAN 5 of vmbr0, with
 * eth0.5 in it for each uplink eth0 of vmbr0.  Made by the first, removed with the last; an
 * administrator's own bridge of that name is used, and kept.  All under port_lock().
 */
#ifndef LIB_NET_BRIDGE_VLAN_H
#define LIB_NET_BRIDGE_VLAN_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct link;
struct netlink;

/* vmbr0v5, or, where that would be longer than 15 characters, a hash in the place of vmbr0. */
void vlan_bridge_name(char ret[16], const char *bridge, unsigned tag);
int vlan_bridge_make(struct netlink *nl, const struct link *bridge, unsigned tag, struct link *ret,
		     struct err *e);
/* Unless somebody else is in it than these ports. */
int vlan_bridge_drop(struct netlink *nl, const char *name, const char *const ports[],
		     size_t n_ports, struct err *e);

#endif
