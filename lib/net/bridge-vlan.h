/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A VLAN on a bridge that is not VLAN-aware.  vmbr0v5 is the bridge for ports in VLAN 5 of vmbr0;
 * it contains eth0.5 for each uplink eth0 of vmbr0.  The first port creates it, the last one
 * removes it.  An existing bridge of that name, made by the administrator, is used and kept.
 * Callers hold port_lock().
 */
#ifndef LIB_NET_BRIDGE_VLAN_H
#define LIB_NET_BRIDGE_VLAN_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct link;
struct netlink;

/* vmbr0v5; if the name would exceed 15 characters, a hash replaces vmbr0. */
void vlan_bridge_name(char ret[16], const char *bridge, unsigned tag);
int vlan_bridge_make(struct netlink *nl, const struct link *bridge, unsigned tag, struct link *ret,
		     struct err *e);
/*
 * Describe the first fault of the bridge that vlan_bridge_make() repairs; NULL: none.  The caller
 * frees *ret, and need not hold the lock.
 */
int vlan_bridge_find_fault(struct netlink *nl, const struct link *bridge, unsigned tag, char **ret,
			   struct err *e);
/* Remove the bridge, unless it has ports other than these. */
int vlan_bridge_drop(struct netlink *nl, const char *name, const char *const ports[],
		     size_t n_ports, struct err *e);

#endif
