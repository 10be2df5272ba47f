/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open vSwitch, by its own ovs-vsctl(8): the switch's database is not the kernel's. */
#ifndef LIB_NET_OVS_H
#define LIB_NET_OVS_H

#include <stdbool.h>

struct err;
struct net;
struct netstate_port;

/* False as well where there is no ovs-vsctl. */
bool ovs_is_bridge(const char *name);
/* With the tag and trunks of net; a port of that name in any bridge is replaced. */
int ovs_add_port(const char *bridge, const char *port, const struct net *net, struct err *e);
/* The bridge that a port is in (none is an error) and its VLANs; the rate in ret stays. */
int ovs_read_port(const char *port, char ret_bridge[16], struct netstate_port *ret, struct err *e);
/* Not being there is no error. */
int ovs_del_port(const char *port, struct err *e);

#endif
