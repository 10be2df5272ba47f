/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Next hops that lie outside every subnet of their interface: hosted servers' gateways. */
#ifndef LIB_HOPS_H
#define LIB_HOPS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"

#define HOPS_MAX (CONF_MAX_ADDRESSES + 1)

/*
 * True when hop, a router of net's, is in no static subnet of its family and is not link-local:
 * a host route on the link must come before a route through it.  Under DHCP and autoconfiguration
 * the subnet is not known, and such a route does no harm.
 */
bool hop_is_onlink(const struct net *net, const struct ip *hop);

/* Those of the gateway and of the extra routes of one family, each once. */
size_t hops_find(const struct net *net, int family, struct ip ret[HOPS_MAX]);

/* The same without the gateway's, for whoever writes that one beside the default route. */
size_t hops_of_routes(const struct net *net, int family, struct ip ret[HOPS_MAX]);

#endif
