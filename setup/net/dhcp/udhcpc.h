/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udhcpc, a client that ifup starts.  Its script replaces the name servers and the search list of
 * the config by those of a lease, unless /etc/udhcpc/udhcpc.conf (Alpine) forbids it.
 */
#ifndef SETUP_NET_DHCP_UDHCPC_H
#define SETUP_NET_DHCP_UDHCPC_H

struct err;
struct setup;

/*
 * Write pct's section of udhcpc.conf if the script reads that file, or remove it if it would be
 * empty.  Add a finding if udhcpc is the client and its script cannot be configured.
 */
int udhcpc_client_write(struct setup *s, struct err *e);

#endif
