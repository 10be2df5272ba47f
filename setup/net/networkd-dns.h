/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Used for pct's .network files, and for drop-ins for the files that netplan generates. */
#ifndef SETUP_NET_NETWORKD_DNS_H
#define SETUP_NET_NETWORKD_DNS_H

struct buf;
struct net;
struct setup;

/*
 * If the config has name servers, append sections that ignore the name servers of leases and
 * advertisements; systemd-resolved would query both.
 */
void networkd_dns(struct buf *b, const struct setup *s, const struct net *net);

#endif
