/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/hops.h"

bool hop_is_onlink(const struct net *net, const struct ip *hop)
{
	const struct net_family *f = hop->family == AF_INET6 ? &net->ip6 : &net->ip4;

	if (hop->family == AF_UNSPEC || (hop->family == AF_INET6 && ip_is_link_local(hop)))
		return false;
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (cidr_contains(&f->address[i], hop))
			return false;
	return true;
}

static void add(const struct net *net, const struct ip *hop, struct ip *hops, size_t *n)
{
	if (!hop_is_onlink(net, hop))
		return;
	for (size_t i = 0; i < *n; i++)
		if (ip_equal(&hops[i], hop))
			return;
	hops[(*n)++] = *hop;
}

size_t hops_find(const struct net *net, int family, struct ip ret[HOPS_MAX])
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

size_t hops_of_routes(const struct net *net, int family, struct ip ret[HOPS_MAX])
{
	const struct net_family *f = family == AF_INET6 ? &net->ip6 : &net->ip4;
	size_t n = hops_find(net, family, ret);

	if (!net_gateway_is_onlink(f))
		return n;
	for (size_t i = 1; i < n; i++)
		ret[i - 1] = ret[i];
	return n - 1;
}
