/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/dhcpcd.conf, dhcpcd.conf(5), if another consumer starts dhcpcd as its client.
 *
 * "interface NAME" begins a block that ends at the next "interface", so the options of a block
 * apply to that interface only, wherever pct's section is in the file.
 */
#ifndef SETUP_NET_DHCP_DHCPCD_CONF_H
#define SETUP_NET_DHCP_DHCPCD_CONF_H

#define DHCPCD_CONF "/etc/dhcpcd.conf"
#define DHCPCD_HOOK "/etc/dhcpcd.exit-hook" /* if dhcpcd is the consumer: dhcpcd.c */

struct buf;
struct err;
struct net;
struct setup;

/*
 * Add the lines of a block that make name servers and search list of the config override a lease.
 * The search list overrides only that of DHCPv4; dhcpcd appends the domains of advertisements.
 */
void dhcpcd_add_dns(struct buf *out, const struct setup *s);

/*
 * Add the line that makes dhcpcd send the container's name to a server of DHCPv4, unless the config
 * has ip=manual or static, or users' lines of the file already do that.
 */
void dhcpcd_add_name(struct buf *out, const struct setup *s, const struct net *net);

/*
 * Write the section that restricts dhcpcd to the families of the config, as it always configures
 * both.  Does nothing without dhcpcd and its file.  Removes the section if it would be empty, or if
 * the chosen consumer does not start dhcpcd.  Also removes the section of the hook, from when
 * dhcpcd was the consumer, because every dhcpcd runs the hook.
 */
int dhcpcd_client_write(struct setup *s, struct err *e);

#endif
