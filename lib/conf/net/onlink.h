/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gateways outside all subnets of their interface ("onlink" of ip-route(8)), as hosting providers
 * use them.
 */
#ifndef LIB_CONF_NET_ONLINK_H
#define LIB_CONF_NET_ONLINK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf/conf.h"

#define ONLINK_MAX (CONF_MAX_ADDRESSES + 1)

/*
 * True if gateway, the next hop of a route of net, is in no static subnet of its family and not
 * link-local: it needs a host route on the link first.  With DHCP and autoconfiguration the subnet
 * is unknown; then true, as the host route does no harm.
 */
bool onlink_is(const struct net *net, const struct ip *gateway);

/*
 * List the onlink gateways of one family, from the default and the extra routes, without
 * duplicates.
 */
size_t onlink_find(const struct net *net, int family, struct ip ret[ONLINK_MAX]);

/* Like onlink_find(), without the default gateway, for callers that handle it separately. */
size_t onlink_of_routes(const struct net *net, int family, struct ip ret[ONLINK_MAX]);

#endif
