/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udhcpc, the client that ifup starts: its script writes a lease's name servers and search list
 * over those of the config, unless it is told.  Alpine's is told in /etc/udhcpc/udhcpc.conf.
 */
#ifndef SETUP_NET_UDHCPC_H
#define SETUP_NET_UDHCPC_H

struct err;
struct setup;

/*
 * A section for a script that reads that file, which goes where there is nothing to be said;
 * a finding for one that cannot be told, where udhcpc is the client.
 */
int udhcpc_client_write(struct setup *s, struct err *e);

#endif
