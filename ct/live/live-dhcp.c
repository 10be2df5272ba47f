/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes the programs in a running container use its changed networks.  A network manager that has a
 * reload command gets it; the DHCP clients of other managers are stopped.
 */
#include <stdio.h>
#include <string.h>

#include "ct/ct.h"
#include "ct/live/live.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/autoconf.h"
#include "lib/net/netconf.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/netstate.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/runtime.h"

#define TELL_WAIT 20 /* seconds */

/* When a command runs: once for a container, for each added or for each changed interface. */
enum { ONCE = 1, ADDED = 2, CHANGED = 4 };

/* The commands that make consumers and resolvers reload their files; "@" is the interface. */
static const struct teller {
	const char *who;
	unsigned of;
	const char *argv[7];
} tellers[] = {
	{ "systemd-networkd", ONCE, { "networkctl", "reload" } },
	{ "NetworkManager", ONCE, { "nmcli", "general", "reload" } },
	{ "NetworkManager", ONCE, { "nmcli", "connection", "reload" } },
	{ "NetworkManager", CHANGED, { "nmcli", "device", "reapply", "@" } },
	/* NetworkManager made its own connection for the interface before this file existed. */
	{ "NetworkManager", ADDED, { "nmcli", "--wait", "0", "connection", "up", "filename",
				     "/etc/NetworkManager/system-connections/@.nmconnection" } },
	{ "wicked", ADDED | CHANGED, { "wicked", "ifreload", "@" } },
	{ "netifd", ONCE, { "ubus", "call", "network", "reload" } },
	/*
	 * dhcpcd -n sends a signal, for all interfaces: in 9.4, the control socket of a single
	 * interface answers only once.  A signal during kernel events is lost, hence the sleep.
	 */
	{ "dhcpcd", ADDED | CHANGED, { "sleep", "1" } },
	{ "dhcpcd", ADDED | CHANGED, { "dhcpcd", "-n" } },
	{ "systemd-resolved", ONCE,
	  { "systemctl", "try-reload-or-restart", "systemd-resolved" } },
};

bool live_is_told(const char *consumer)
{
	for (size_t i = 0; i < ARRAY_SIZE(tellers); i++)
		if (str_eq(tellers[i].who, consumer))
			return true;
	return false;
}

static bool concerns(const struct live *l, const struct teller *teller)
{
	return str_eq(teller->who, l->consumer) ||
	       (l->dns_changed && str_eq(teller->who, l->resolver));
}

static char *expand(const char *word, const char *ifname)
{
	const char *at = strchr(word, '@');

	return at ? xasprintf("%.*s%s%s", (int)(at - word), word, ifname, at + 1) : xstrdup(word);
}

static int tell(const struct live *l, unsigned of, const char *ifname, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tellers) && r == 0; i++) {
		autostrv char **argv = NULL;

		if (!concerns(l, &tellers[i]) || !(tellers[i].of & of))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(tellers[i].argv) && tellers[i].argv[k]; k++) {
			autofree char *word = expand(tellers[i].argv[k], ifname);

			strv_push(&argv, word);
		}
		r = runtime_tell(l->ctid, argv, TELL_WAIT, e);
	}
	return r;
}

static bool is_for_inside(const struct net *net)
{
	return net && !net->host_managed && net_is_configured(net);
}

/* Without a carrier there is nothing to do: the consumer acts by itself once there is one. */
static int tell_of_net(const struct live *l, const struct net *old, const struct net *new,
		       struct err *e)
{
	bool known = is_for_inside(old) && str_eq(old->name, new->name) && !old->link_down;

	if (new->link_down || (known && tell(l, CHANGED, new->name, e) == 0))
		return 0;
	/* CHANGED also fails for an interface that the consumer does not use yet: add it. */
	return tell(l, ADDED, new->name, e);
}

static bool has_client(const struct net *net, const struct net_family *f)
{
	return !net->host_managed && f->method == IP_DHCP;
}

/* The families that use a DHCP client in the container. */
static unsigned client_families(const struct net *net)
{
	return (has_client(net, &net->ip4) ? GUEST_IP4 : 0) |
	       (has_client(net, &net->ip6) ? GUEST_IP6 : 0);
}

static bool is_ours(const struct net_family *f, const struct cidr *cidr)
{
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		if (ip_equal(&f->address[i].ip, &cidr->ip))
			return true;
	return false;
}

/* An IPv6 lease has prefix length 128; other addresses come from router advertisements. */
static bool is_lease(const struct netstate_address *a, unsigned families)
{
	if (!a->global)
		return false;
	return a->cidr.ip.family == AF_INET ? families & GUEST_IP4 :
					      families & GUEST_IP6 && a->cidr.prefix == 128;
}

/* Removes the addresses and IPv4 routes that a stopped client left behind. */
static int drop_lease(struct netlink *nl, const struct net *net, unsigned families, struct err *e)
{
	struct netstate_link link = { .index = 0 };
	bool promote = false;
	int r;

	snprintf(link.name, sizeof link.name, "%s", net->name);
	r = netstate_read(nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES, &link, 1, e);
	if (r == 0 && link.index)
		r = netlink_set_promote(nl, link.index, true, &promote, e);
	for (size_t i = 0; i < link.n_routes && families & GUEST_IP4 && r == 0; i++) {
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
		netlink_set_promote(nl, link.index, promote, NULL, NULL);
	netstate_done(&link, 1);
	return r;
}

/*
 * Stops the DHCP clients unless the consumer stops them at a reload.  A client may remove all
 * addresses when it ends, so the configured ones are set again.
 */
static int free_claim(const struct live *l, const struct conf *conf, const struct net *net,
		      unsigned families, struct err *e)
{
	struct netlink *nl = NULL;
	int r = live_is_told(l->consumer)
			? 0
			: guest_stop_dhcp_clients(l->init, net->name, families,
						  client_families(net), e);

	if (r >= 0)
		r = netns_open_pidfd(l->init, &nl, e);
	if (r >= 0)
		r = drop_lease(nl, net, families, e);
	/* dhcpcd handles advertisements, too. */
	if (r >= 0 && families & GUEST_IP6 && net->ip6.method != IP_AUTO)
		r = autoconf_drop(nl, net->name, e);
	if (r >= 0)
		r = autoconf_set_link_local(nl, net->name, NULL, e);
	if (r >= 0)
		r = netconf_apply(nl, conf, NULL, net, e);
	if (r >= 0)
		r = netconf_fill_gaps(nl, conf, e);
	netlink_close(nl);
	return r;
}

static void warn(const struct live *l, const char *what, const struct err *e)
{
	ct_note(l->ct, "%s: the network manager in the container did not apply the change: "
		"%s: %s; pct reboot %u applies it", what, e->object, e->cause, l->ctid);
}

/* The consumer comes last: it may have lost an interface, and it decides its final state. */
static int settle_net(const struct live *l, const struct conf *conf, const struct net *old,
		      const struct net *new, bool differs, struct err *e)
{
	unsigned families = old ? client_families(old) & ~client_families(new) : 0;
	/* NetworkManager treats addresses that were set before the carrier as foreign. */
	bool plugged_in = old && old->link_down && !new->link_down;
	int r = families ? free_claim(l, conf, new, families, e) : 0;

	if (r == 0 && is_for_inside(new) &&
	    (plugged_in || (differs && l->nets_changed) || l->dns_changed))
		r = tell_of_net(l, old, new, e);
	return r;
}

void live_settle(const struct live *l, const struct conf_file *from, const struct conf_file *to)
{
	const struct conf *conf = conf_values(to);
	struct err e = { 0 };

	if ((l->nets_changed || l->dns_changed) && tell(l, ONCE, "", &e) < 0) {
		warn(l, "networks", &e);
		return;
	}
	for (size_t i = 0; i < conf->n_nets && l->init >= 0; i++) {
		const struct net *new = &conf->nets[i];
		autofree char *option = xasprintf("net%u", new->index);

		if (settle_net(l, conf, live_net(conf_values(from), new->index), new,
			       live_differs(l, option), &e) < 0)
			warn(l, option, &e);
	}
}
