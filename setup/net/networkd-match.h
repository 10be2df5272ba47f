/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which file systemd-networkd takes for an interface: systemd.network(5), "[Match]". */
#ifndef SETUP_NET_NETWORKD_MATCH_H
#define SETUP_NET_NETWORKD_MATCH_H

#include <stdbool.h>

struct net;
struct setup;

/*
 * The .network file that networkd would take for net if there were none called ours (NULL: none is
 * passed over): its path, which the caller frees; NULL: none.  *ret_exact: it names the
 * interface itself and no pattern.  What cannot be known of the interface here counts as a match.
 */
char *networkd_match(struct setup *s, const struct net *net, const char *ours, bool *ret_exact);

/* The one that it takes, whoever wrote it; the caller frees.  NULL: none. */
char *networkd_file(struct setup *s, const struct net *net);

#endif
