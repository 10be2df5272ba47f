/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's end of a container's network: the bridge and VLAN of the veth, the firewall bridge in
 * between, and the rate.  A rate needs a firewall bridge, too: see lib/net/tc.h.
 *
 * All objects besides the veth -- bridges, veth pairs, rules, ports of Open vSwitch -- are recorded
 * in RUN/pct/CTID/netN before they are made, so that they can be undone if a process is killed.
 */
#ifndef LIB_NET_PORT_H
#define LIB_NET_PORT_H

#include <stdint.h>

struct conf;
struct err;
struct net;

/*
 * Connect the host's end, the interface link, as the config says, whatever its state.  Idempotent;
 * does not disturb parts that are already right.  On failure, the link is in no bridge and all
 * other objects are removed.  The caller sets the MTU of the container's end.
 */
int port_plug(const struct conf *conf, const struct net *net, const char *link, struct err *e);
/* Set the error for a bridge that does not exist, with its remedy; returns -ENODEV. */
int port_lacks_bridge(const struct conf *conf, const struct net *net, struct err *e);

/*
 * Remove all that port_plug() made for netN; if the veth still exists, it stays.  Idempotent.
 * Objects that cannot be removed stay recorded.
 */
int port_unplug(unsigned ctid, unsigned n, struct err *e);

/* Like port_unplug(), for all networks of a stopped container. */
void port_sweep(unsigned ctid);

/* State of the rules of a network with firewall=1. */
enum port_rules {
	PORT_RULES_UNUSED, /* not needed: unplugged, or Proxmox VE's firewall filters */
	PORT_RULES_SAME,
	PORT_RULES_OTHER,  /* differ from the config: made by another version, or by hand */
	PORT_RULES_NONE,   /* missing, e.g. after "nft flush ruleset" */
};
int port_check_rules(const struct conf *conf, const struct net *net, enum port_rules *ret,
		    struct err *e);
/*
 * Describe the first fault of the host's end that port_plug() repairs, as in "veth105.0 is in no
 * bridge instead of vmbr0"; NULL: there is none.  The caller frees *ret.  Changes nothing.  Fails
 * if port_plug() would fail: the bridge is missing or does not fit.
 */
int port_find_fault(const struct conf *conf, const struct net *net, char **ret, struct err *e);

/* Dropped frames of a container. */
struct port_counters {
	uint64_t spoofed, spoofed_bytes; /* dropped by the rules */
	uint64_t over;                   /* dropped in both directions, as the queue was full */
};
/* Zeros if there are no counters. */
int port_counters(unsigned ctid, unsigned n, struct port_counters *ret, struct err *e);

#endif
