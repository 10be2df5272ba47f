/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For setup/net/ifupdown-edit.c: what a stanza of /etc/network/interfaces needs beside its options.
 */
#ifndef SETUP_NET_IFUPDOWN_STANZA_H
#define SETUP_NET_IFUPDOWN_STANZA_H

#include <stdbool.h>

struct buf;
struct net;

/* The gateway can be written as an option, as it is reached through the first address. */
bool interfaces_gateway_is_plain(const struct net *net, bool v6);

/*
 * Append the commands of one family's stanza, or nothing, for enum interfaces_dialect.  first: no
 * stanza of the interface comes before; its commands run before the link is up.
 */
void interfaces_section(struct buf *out, const struct net *net, bool v6, unsigned dialect,
			bool first);

#endif
