/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules of a network with firewall=1, as text for nft(8).  They pass only frames with the
 * container's own addresses, and drop frames that only a router, DHCP server or bridge may send.
 * Frames that the rules cannot parse are dropped.  Pure functions; lib/net/nft.c runs the result.
 *
 * Each interface has one chain in "table netdev pct", at the ingress hook of the host's end.  The
 * bridge family would be too late: a frame to a link-local group (01:80:C2:00:00:0x) passes no hook
 * of the bridge before the bridge learns its source address, so a container could redirect
 * another's traffic to itself.
 */
#ifndef LIB_NET_ANTI_SPOOF_H
#define LIB_NET_ANTI_SPOOF_H

#include <stdbool.h>

struct net;

#define FILTER_TABLE "netdev pct"

/* Rules that replace the existing ones; the caller frees. */
char *filter_rules(const struct net *net, const char *link);
/* Commands that remove the rules and the counter, whether they exist or not; the caller frees. */
char *filter_removal(const char *link);

/*
 * Whether Proxmox VE's own firewall is on ("enable: 1" in ETC/firewall/cluster.fw).  It then
 * filters networks with firewall=1 on the firewall bridge, and pct adds no rules.
 */
bool filter_is_external(void);

#endif
