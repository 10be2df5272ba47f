/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/onlink.h"

bool onlink_is(const struct net *net, const struct ip *gateway)
{
	const struct net_family *f = gateway->family == AF_INET6 ? &net->ip6 : &net->ip4;

	if (gateway->family == AF_UNSPEC ||
	    (gateway->family == AF_INET6 && ip_is_link_local(gateway)))
		return false;
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (cidr_contains(&f->address[i], gateway))
			return false;
	return true;
}

static void add(const struct net *net, const struct ip *gateway, struct ip *gateways, size_t *n)
{
	if (!onlink_is(net, gateway))
		return;
	for (size_t i = 0; i < *n; i++)
		if (ip_equal(&gateways[i], gateway))
			return;
	gateways[(*n)++] = *gateway;
}

size_t onlink_find(const struct net *net, int family, struct ip ret[ONLINK_MAX])
{
	const struct net_family *f = family == AF_INET6 ? &net->ip6 : &net->ip4;
	size_t n = 0;

	if (net_has_gateway(f))
		add(net, &f->gateway, ret, &n);
	for (size_t i = 0; i < net->n_routes; i++)
		if (net->route[i].to.ip.family == family)
			add(net, &net->route[i].via, ret, &n);
	return n;
}

size_t onlink_of_routes(const struct net *net, int family, struct ip ret[ONLINK_MAX])
{
	const struct net_family *f = family == AF_INET6 ? &net->ip6 : &net->ip4;
	size_t n = onlink_find(net, family, ret);

	if (!net_gateway_is_onlink(f))
		return n;
	for (size_t i = 1; i < n; i++)
		ret[i - 1] = ret[i];
	return n - 1;
}
