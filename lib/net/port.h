/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's end of a container's network: which bridge and VLAN the veth is in, through which
 * firewall bridge, and how much may pass.  A rate needs that bridge as well: lib/net/tc.h.
 *
 * What is made beside the veth -- bridges, veth pairs, rules, ports of Open vSwitch -- is written
 * down first, in RUN/pct/CTID/netN, so that it can be undone whoever is killed meanwhile.
 */
#ifndef LIB_NET_PORT_H
#define LIB_NET_PORT_H

#include <stdint.h>

struct conf;
struct err;
struct net;

/*
 * Bring the host's end, the interface link, to what the config says, whatever it was plugged into
 * before.  Idempotent; what is as it should be is not disturbed.  On failure it is in no bridge,
 * and nothing beside it is left.  The MTU of the other end is the caller's business.
 */
int port_plug(const struct conf *conf, const struct net *net, const char *link, struct err *e);

/*
 * Remove what port_plug() has made for netN; the veth itself stays where it still is.  Idempotent.
 * What could not be removed stays written down.
 */
int port_unplug(unsigned ctid, unsigned n, struct err *e);

/* The same for all networks of a container that is dead. */
void port_sweep(unsigned ctid);

/* The rules of a network with firewall=1. */
enum port_rules {
	PORT_RULES_UNUSED, /* it needs none: not plugged in, or left to Proxmox VE's firewall */
	PORT_RULES_SAME,
	PORT_RULES_OTHER,  /* than the config asks for: made by another version, or by hand */
	PORT_RULES_NONE,   /* "nft flush ruleset" takes all that there are */
};
int port_check_rules(const struct conf *conf, const struct net *net, enum port_rules *ret,
		    struct err *e);
/* Make them anew; what it is plugged into stays as it is. */
int port_renew_rules(const struct conf *conf, const struct net *net, struct err *e);

/* Frames of the container's that were dropped. */
struct port_counters {
	uint64_t spoofed, spoofed_bytes; /* dropped by the rules */
	uint64_t over;                   /* either way, above the rate: the queue was full */
};
/* Zeros where nothing is counted. */
int port_counters(unsigned ctid, unsigned n, struct port_counters *ret, struct err *e);

#endif
