/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gateways outside every subnet of their interface, as hosted servers have them ("onlink" of
 * ip-route(8)).
 */
#ifndef LIB_CONF_ONLINK_H
#define LIB_CONF_ONLINK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf/conf.h"

#define ONLINK_MAX (CONF_MAX_ADDRESSES + 1)

/*
 * True when gateway, a router of net's, is in no static subnet of its family and is not link-local:
 * a host route on the link must come before a route through it.  Under DHCP and autoconfiguration
 * the subnet is not known, and such a route does no harm.
 */
bool onlink_is(const struct net *net, const struct ip *gateway);

/* Those of the gateway and of the extra routes of one family, each once. */
size_t onlink_find(const struct net *net, int family, struct ip ret[ONLINK_MAX]);

/* The same without the gateway's, for whoever writes that one beside the default route. */
size_t onlink_of_routes(const struct net *net, int family, struct ip ret[ONLINK_MAX]);

#endif
