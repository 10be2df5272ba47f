/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was made for a network beside its veth, one thing a line, as it stands in RUN/pct/CTID/netN:
 *
 *	filter LINK     rules and counter, by lib/filter.h
 *	rate LINK       by lib/tc.h
 *	link NAME       of a firewall bridge
 *	ovs PORT
 *	vlan BRIDGE     made for a VLAN, to go with its last user
 */
#ifndef LIB_PLUG_RECORD_H
#define LIB_PLUG_RECORD_H

#include <stdint.h>

struct err;
struct netlink;

/* NULL: nothing was made.  The caller frees. */
char **plug_record_read(unsigned ctid, unsigned n);
int plug_record_write(unsigned ctid, unsigned n, char *const *things, struct err *e);

/* Held while something of this kind is made or removed: bridges have users in several containers,
 * and so has the table of rules.  A descriptor to close. */
int plug_lock(struct err *e);

/* Remove a thing; under plug_lock().  Not being there is no error. */
int plug_undo(struct netlink *nl, unsigned ctid, unsigned n, const char *thing, struct err *e);

/* By pct-net, the program beside the hooks that has libnl and libnftables: set the rate of both
 * links (0: none), run rules. */
int plug_filter(uint64_t rate, const char *link, const char *fwln, const char *rules,
		struct err *e);

#endif
