/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For setup/net/ifupdown/ifupdown-edit.c: writes the commands of a stanza, beside its options. */
#ifndef SETUP_NET_IFUPDOWN_IFUPDOWN_STANZA_H
#define SETUP_NET_IFUPDOWN_IFUPDOWN_STANZA_H

#include <stdbool.h>

struct buf;
struct net;

/* Whether the gateway can be an option, because it is in the network of the first address. */
bool interfaces_gateway_is_plain(const struct net *net, bool v6);

/* Whether the family has a stanza of its own; if not, the other one's has its commands. */
bool interfaces_has_stanza(const struct net *net, bool v6, unsigned dialect);

/*
 * Append the commands of the stanza of one family, if it needs any.  dialect: bits of enum
 * interfaces_dialect.  first: this is the first stanza of the interface, so its commands can run
 * before the link is up.  name: the container's, which the DHCP client is to send; NULL: none.
 */
void interfaces_section(struct buf *out, const struct net *net, bool v6, unsigned dialect,
			bool first, const char *name);

#endif
