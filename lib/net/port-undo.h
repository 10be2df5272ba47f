/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was made for a network beside its veth, one thing a line, as it stands in RUN/pct/CTID/netN:
 *
 *	filter LINK     rules and counter, by lib/net/anti-spoof.h
 *	rate LINK       by lib/net/tc.h
 *	link NAME       of a firewall bridge
 *	ovs PORT
 *	vlan BRIDGE     made for a VLAN, to go with its last user
 */
#ifndef LIB_NET_PORT_UNDO_H
#define LIB_NET_PORT_UNDO_H

#include <stdint.h>

struct err;
struct netlink;

/* NULL: nothing was made.  The caller frees. */
char **port_undo_read(unsigned ctid, unsigned n);
int port_undo_write(unsigned ctid, unsigned n, char *const *things, struct err *e);

/* Held while something of this kind is made or removed: bridges have users in several containers,
 * and so has the table of rules.  A descriptor to close. */
int port_lock(struct err *e);

/* Remove a thing; under port_lock().  Not being there is no error. */
int port_undo(struct netlink *nl, unsigned ctid, unsigned n, const char *thing, struct err *e);

/* By pct-net, the program beside the hooks that has libnl and libnftables: set the rate of both
 * links (0: none), run rules. */
int port_filter(uint64_t rate, const char *link, const char *fwln, const char *rules,
		struct err *e);

#endif
