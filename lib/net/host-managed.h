/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks that are managed from the host (host-managed=1): addresses and routes are set inside
 * the container's network namespace by netlink, router advertisements are the kernel's business,
 * and for ip=dhcp a client runs on the host, in that namespace alone: hooks/pct-dhcp.c.
 */
#ifndef LIB_NET_HOST_MANAGED_H
#define LIB_NET_HOST_MANAGED_H

struct err;
struct net;

/*
 * Bring a running container's network to what net says; old is what was applied before, NULL:
 * nothing.  pidfd is its init.  A lease is asked for, but not waited for.  Idempotent.
 */
int hostnet_apply(unsigned ctid, int pidfd, const struct net *old, const struct net *net,
		  struct err *e);

/* End the DHCP client of netN, which gives its lease back; it ends with the container, too. */
void hostnet_stop(unsigned ctid, unsigned n);

/* Where the host has a DHCP client: words of a command; NULL: nowhere. */
const char *const *hostnet_client(void);

#endif
