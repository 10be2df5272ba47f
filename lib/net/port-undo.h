/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects made for a network in addition to its veth, one a line, as in RUN/pct/CTID/netN:
 *
 *	filter LINK	rules and counter, by lib/net/anti-spoof.h
 *	rate LINK	by lib/net/tc.h
 *	link NAME	of a firewall bridge
 *	ovs PORT
 *	vlan BRIDGE	made for a VLAN, removed with its last user
 */
#ifndef LIB_NET_PORT_UNDO_H
#define LIB_NET_PORT_UNDO_H

#include <stdint.h>

struct err;
struct netlink;

/* List a network's objects; NULL: none.  The caller frees. */
char **port_undo_read(unsigned ctid, unsigned n);
int port_undo_write(unsigned ctid, unsigned n, char *const *things, struct err *e);

/*
 * The lock for making and removing such objects, since containers share bridges and the table of
 * rules.  Returns a descriptor, which the caller closes.
 */
int port_lock(struct err *e);

/* Remove an object, under port_lock().  A missing one is no error. */
int port_undo(struct netlink *nl, unsigned ctid, unsigned n, const char *thing, struct err *e);

/*
 * Set the rate of both links (0: no limit) and run rules, by pct-net, the helper program that links
 * libnl and libnftables.
 */
int port_filter(uint64_t rate, const char *link, const char *fwln, const char *rules,
		struct err *e);

#endif
