/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks that the host manages (host-managed=1).  Addresses and routes are set by netlink in the
 * container's network namespace; the kernel handles router advertisements; for ip=dhcp, a client
 * runs on the host, in the container's network namespace only: hooks/pct-dhcp.c.
 */
#ifndef LIB_NET_HOST_MANAGED_H
#define LIB_NET_HOST_MANAGED_H

#include <stdbool.h>

struct conf;
struct err;
struct net;

/*
 * Configure a network of the running container of conf as in net.  old is the network applied
 * before; NULL: none.  pidfd is the container's init.  Starts a DHCP client, but does not wait for
 * the lease. Idempotent.
 */
int hostnet_apply(const struct conf *conf, int pidfd, const struct net *old,
		  const struct net *net, struct err *e);

/* Stop netN's DHCP client, which releases its lease.  It also ends with the container. */
void hostnet_stop(unsigned ctid, unsigned n);

/* Whether netN needs a DHCP client of the host, and none runs. */
bool hostnet_lacks_client(unsigned ctid, const struct net *net);

/* The command line of the host's DHCP client; NULL: none is installed. */
const char *const *hostnet_client(void);

#endif
