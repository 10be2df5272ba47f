/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For .network files of ours, and drop-ins for those of netplan's. */
#ifndef SETUP_NET_NETWORKD_DNS_H
#define SETUP_NET_NETWORKD_DNS_H

struct buf;
struct net;
struct setup;

/*
 * Append sections that keep out the name servers of leases and advertisements, where the config
 * has name servers; systemd-resolved would ask those of the interface as well.
 */
void networkd_dns(struct buf *b, const struct setup *s, const struct net *net);

#endif
