/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the file that systemd-networkd uses for an interface: systemd.network(5), "[Match]". */
#ifndef SETUP_NET_NETWORKD_MATCH_H
#define SETUP_NET_NETWORKD_MATCH_H

#include <stdbool.h>

struct net;
struct setup;

/*
 * The path of the .network file that networkd would use for net without the file named ours (may be
 * NULL); NULL: none.  The caller frees.  *ret_exact: the file names the interface itself, not a
 * pattern.  A condition on an unknown property of the interface counts as a match.
 */
char *networkd_match(struct setup *s, const struct net *net, const char *ours, bool *ret_exact);

/* The path of the .network file that networkd uses for net; NULL: none.  The caller frees. */
char *networkd_file(struct setup *s, const struct net *net);

#endif
