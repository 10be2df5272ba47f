/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DHCP clients inside a container whose networks were changed while it runs.  What manages networks
 * there is told to look at its files again, where it can be told; else its client is ended.
 */
#include <stdio.h>
#include <string.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/inside.h"
#include "lib/netconf.h"
#include "lib/netlink-inet.h"
#include "lib/netlink.h"
#include "lib/netns.h"
#include "lib/netstate.h"
#include "lib/runtime.h"
#include "lib/util.h"
#include "pct/live.h"

#define TELL_WAIT 20 /* seconds */

/* How consumers are told that their files have changed; "@" stands for the interface. */
static const struct teller {
	const char *consumer;
	const char *argv[5];
} tellers[] = {
	{ "systemd-networkd", { "networkctl", "reload" } },
	{ "NetworkManager", { "nmcli", "connection", "reload" } },
	{ "NetworkManager", { "nmcli", "device", "reapply", "@" } },
	{ "wicked", { "wicked", "ifreload", "@" } },
	{ "netifd", { "ubus", "call", "network", "reload" } },
	{ "dhcpcd", { "dhcpcd", "-n", "@" } },
};

bool live_is_told(const char *consumer)
{
	for (size_t i = 0; i < ARRAY_SIZE(tellers); i++)
		if (str_eq(tellers[i].consumer, consumer))
			return true;
	return false;
}

static int tell(const struct live *l, const struct net *net, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tellers) && r == 0; i++) {
		char *argv[ARRAY_SIZE(tellers[i].argv) + 1] = { NULL };

		if (!str_eq(tellers[i].consumer, l->consumer))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(tellers[i].argv) && tellers[i].argv[k]; k++)
			argv[k] = str_eq(tellers[i].argv[k], "@") ? net->name :
								    (char *)tellers[i].argv[k];
		r = runtime_tell(l->ctid, argv, TELL_WAIT, e);
	}
	return r;
}

static bool has_client(const struct net *net, const struct net_family *f)
{
	return !net->host_managed && f->method == IP_DHCP;
}

/* The families whose address was for a client inside to find, and is not any more. */
static unsigned freed_families(const struct net *old, const struct net *new)
{
	unsigned families = 0;

	if (has_client(old, &old->ip4) && !has_client(new, &new->ip4))
		families |= INSIDE_IP4;
	if (has_client(old, &old->ip6) && !has_client(new, &new->ip6))
		families |= INSIDE_IP6;
	return families;
}

static bool is_ours(const struct net_family *f, const struct cidr *cidr)
{
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (ip_equal(&f->address[i].ip, &cidr->ip))
			return true;
	return false;
}

/* Of IPv6 a lease is a single address; the others are advertised. */
static bool is_lease(const struct netstate_address *a, unsigned families)
{
	if (!a->global)
		return false;
	return a->cidr.ip.family == AF_INET ? families & INSIDE_IP4 :
					      families & INSIDE_IP6 && a->cidr.prefix == 128;
}

/* What the client has set and left behind. */
static int drop_lease(struct netlink *nl, const struct net *net, unsigned families, struct err *e)
{
	struct netstate_link link = { .index = 0 };
	bool promote = false;
	int r;

	snprintf(link.name, sizeof link.name, "%s", net->name);
	r = netstate_read(nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES, &link, 1, e);
	if (r == 0 && link.index)
		r = netlink_set_promote(nl, link.index, true, &promote, e);
	for (size_t i = 0; i < link.n_routes && families & INSIDE_IP4 && r == 0; i++) {
		const struct netstate_route *at = &link.route[i];
		struct route route = { .to = at->to, .via = at->via, .metric = at->metric };

		if (at->to.ip.family == AF_INET && !at->kernel)
			r = netlink_del_route(nl, link.index, &route, e);
	}
	for (size_t i = 0; i < link.n_addresses && r == 0; i++) {
		const struct cidr *cidr = &link.address[i].cidr;

		if (is_lease(&link.address[i], families) &&
		    !is_ours(cidr->ip.family == AF_INET ? &net->ip4 : &net->ip6, cidr))
			r = netlink_del_address(nl, link.index, cidr, e);
	}
	if (link.index)
		netlink_set_promote(nl, link.index, promote, NULL, &(struct err){ 0 });
	netstate_done(&link, 1);
	return r;
}

/* A client that ends may take the interface's addresses with it. */
static int free_claim(const struct live *l, const struct net *net, unsigned families,
		      struct err *e)
{
	struct netlink *nl = NULL;
	int r = inside_stop_clients(l->init, net->name, families, e);

	if (r >= 0)
		r = netns_open_pidfd(l->init, &nl, e);
	if (r >= 0)
		r = drop_lease(nl, net, families, e);
	if (r >= 0)
		r = netconf_apply(nl, NULL, net, e);
	netlink_close(nl);
	return r;
}

static bool method_differs(const struct net *old, const struct net *new)
{
	return old->ip4.method != new->ip4.method || old->ip6.method != new->ip6.method ||
	       old->host_managed != new->host_managed ||
	       !ip_equal(&old->ip6.token, &new->ip6.token);
}

void live_settle(const struct live *l, const struct conf *from, const struct conf *to)
{
	static const struct net none = { 0 };

	for (size_t i = 0; i < to->n_nets && l->init >= 0; i++) {
		const struct net *new = &to->nets[i], *old = live_net(from, new->index);
		unsigned families = freed_families(old ? old : &none, new);
		struct err e = { 0 };
		int r = 0;

		if (method_differs(old ? old : &none, new) && live_is_told(l->consumer))
			r = tell(l, new, &e);
		if (r == 0 && families)
			r = free_claim(l, new, families, &e);
		if (r < 0)
			fprintf(stderr, "pct: container %u: net%u: what manages it inside does not "
				"know of the change: %s: %s; pct reboot %u lets it begin anew\n",
				l->ctid, new->index, e.object, e.cause, l->ctid);
	}
}
