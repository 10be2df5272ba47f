/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/dhcpcd.conf, dhcpcd.conf(5), where dhcpcd is the client that another consumer starts.
 *
 * For the place of options: "interface NAME" begins a block that the next one ends, so what stands
 * within a block of ours holds for that interface alone, wherever our section is.
 */
#ifndef SETUP_NET_DHCPCD_CONF_H
#define SETUP_NET_DHCPCD_CONF_H

#define DHCPCD_CONF "/etc/dhcpcd.conf"
#define DHCPCD_HOOK "/etc/dhcpcd.exit-hook" /* where dhcpcd is the consumer: dhcpcd.c */

struct buf;
struct err;
struct setup;

/*
 * Lines of a block: what the config says of name servers and search list stands above a lease.
 * A search list is one of DHCPv4's; after it comes what advertisements have.
 */
void dhcpcd_add_dns(struct buf *out, const struct setup *s);

/*
 * A section that keeps dhcpcd, which takes both families whatever it was started for, to what the
 * config asks of it.  Nothing is done where there is neither dhcpcd nor its file; the section goes
 * where nothing is to be said, or the chosen consumer does not start dhcpcd.  What the hook was
 * told when dhcpcd itself was the consumer goes, too: any dhcpcd runs it.
 */
int dhcpcd_client_write(struct setup *s, struct err *e);

#endif
