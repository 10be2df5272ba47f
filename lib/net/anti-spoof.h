/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may leave a container with firewall=1, as text for nft(8): nothing but frames with its own
 * addresses, and none of those by which a router, a DHCP server or a bridge speaks to others.  What
 * the rules cannot read is dropped.  Pure functions; lib/net/nft.c runs what they return.
 *
 * It is one chain of "table netdev pct" for each interface, at the ingress hook of the host's end.
 * There, and not in the bridge family: a frame to a link-local group (01:80:C2:00:00:0x) passes
 * none of a bridge's hooks before its source address is learnt, so that a container could draw to
 * itself what is for another.
 */
#ifndef LIB_NET_ANTI_SPOOF_H
#define LIB_NET_ANTI_SPOOF_H

#include <stdbool.h>

struct net;

#define FILTER_TABLE "netdev pct"

/* In place of those that there are; the caller frees. */
char *filter_rules(const struct net *net, const char *link);
/* Remove them, whether they are there or not; the counter as well. */
char *filter_removal(const char *link);

/*
 * Proxmox VE's own firewall is on ("enable: 1" in ETC/firewall/cluster.fw): it does the filtering
 * of networks with firewall=1, on the firewall bridge, and we do none.
 */
bool filter_is_external(void);

#endif
