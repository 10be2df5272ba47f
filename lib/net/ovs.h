/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open vSwitch, by ovs-vsctl(8): its configuration is in its own database, not in the kernel. */
#ifndef LIB_NET_OVS_H
#define LIB_NET_OVS_H

#include <stdbool.h>

struct err;
struct net;
struct netstate_port;

/* Returns false if ovs-vsctl is not installed. */
bool ovs_is_bridge(const char *name);
/* Add a port with net's tag and trunks; replaces a port of the same name in any bridge. */
int ovs_add_port(const char *bridge, const char *port, const struct net *net, struct err *e);
/* Read the bridge of a port (none is an error) and its VLANs; ret->rate is unchanged. */
int ovs_read_port(const char *port, char ret_bridge[16], struct netstate_port *ret, struct err *e);
/* A missing port is no error. */
int ovs_del_port(const char *port, struct err *e);

#endif
