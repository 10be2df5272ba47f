/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dhclient, a client that ifup starts.  Without a line in dhclient.conf(5), it sends no name. */
#ifndef SETUP_NET_DHCP_DHCLIENT_H
#define SETUP_NET_DHCP_DHCLIENT_H

struct err;
struct setup;

/*
 * Write pct's section of dhclient.conf, with the container's name, if the other lines of the file
 * send none; else remove it.
 */
int dhclient_client_write(struct setup *s, struct err *e);

#endif
