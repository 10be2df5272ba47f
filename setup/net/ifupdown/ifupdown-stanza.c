/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/ifupdown/ifupdown-stanza.h"

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/net/ifupdown/ifupdown-edit.h"

bool interfaces_gateway_is_plain(const struct net *net, bool v6)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;

	return net_has_gateway(fam) && (cidr_contains(&fam->address[0], &fam->gateway) ||
					(v6 && ip_is_link_local(&fam->gateway)));
}

bool interfaces_has_stanza(const struct net *net, bool v6, unsigned dialect)
{
	if (v6 && (dialect & INTERFACES_ONE_STANZA) && net->ip4.method != IP_NONE)
		return false;
	return (v6 ? &net->ip6 : &net->ip4)->method != IP_NONE;
}

#define MTU "/sys/class/net/%s/mtu"
#define SAVED_MTU "/run/pct-mtu.%s"
#define ACCEPT_RA "/proc/sys/net/ipv6/conf/%s/accept_ra"

/*
 * The value of accept_ra to set before the link is up; -1: ifup sets the right one.
 *
 * For a static address with a gateway, Debian's ifup turns advertisements off, by sysctl(8) of
 * procps, which small systems lack; other dialects never do.  With advertisements, the interface
 * would get a second gateway and an address that is not in the config.  So it would without any
 * ip6, too, as the kernel's default is 1.  2 accepts advertisements even if the container is a
 * router; 1 would lose the default route when a program in it turns forwarding on.
 */
static int accept_ra(const struct net *net, unsigned dialect)
{
	switch (net->ip6.method) {
	case IP_STATIC:
		return !(dialect & INTERFACES_NO_SYSCTL) && interfaces_gateway_is_plain(net, true)
			       ? -1 : 0;
	case IP_DHCP:
	case IP_AUTO:
		return dialect & INTERFACES_NO_SYSCTL ? 2 : -1;
	default:
		return 0;
	}
}

/* Uses "replace" for a host route, which a lease may already have set. */
static void add_routes(struct buf *out, const struct net *net, bool v6)
{
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_of_routes(net, v6 ? AF_INET6 : AF_INET, hops);

	for (size_t i = 0; i < n; i++)
		buf_addf(out, "\tpost-up ip route replace %s dev %s\n", ip_format(&hops[i], via),
			 net->name);
	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *route = &net->route[i];
		autofree char *hop = NULL;

		if ((route->to.ip.family == AF_INET6) != v6)
			continue;
		ip_format(&route->to.ip, to);
		hop = route->via.family == AF_UNSPEC
			      ? xstrdup("")
			      : xasprintf(" via %s", ip_format(&route->via, via));
		buf_addf(out,
			 "\tpost-up ip route add %s/%u%s dev %s\n"
			 "\tpre-down ip route del %s/%u%s dev %s\n",
			 to, route->to.prefix, hop, net->name, to, route->to.prefix, hop,
			 net->name);
	}
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "\tpre-down ip route del %s dev %s\n", ip_format(&hops[i], via),
			 net->name);
}

static void add_gateway(struct buf *out, const struct net *net, const struct net_family *fam)
{
	const char *dev = net->name;
	char gw[IP_TEXT_MAX];

	ip_format(&fam->gateway, gw);
	if (net_gateway_is_onlink(fam))
		buf_addf(out, "\tpost-up ip route add %s dev %s\n", gw, dev);
	buf_addf(out,
		 "\tpost-up ip route add default via %s dev %s\n"
		 "\tpre-down ip route del default via %s dev %s\n", gw, dev, gw, dev);
	if (net_gateway_is_onlink(fam))
		buf_addf(out, "\tpre-down ip route del %s dev %s\n", gw, dev);
}

/*
 * Adds the addresses that are not options of the stanza before the gateway, which may be in one of
 * their networks.
 */
static void add_static(struct buf *out, const struct net *net, bool v6, bool has_options)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;
	char text[IP_TEXT_MAX];

	for (size_t i = has_options; i < fam->n_addresses; i++) {
		ip_format(&fam->address[i].ip, text);
		buf_addf(out,
			 "\tpost-up ip addr add %s/%u dev %s\n"
			 "\tpre-down ip addr del %s/%u dev %s\n",
			 text, fam->address[i].prefix, net->name, text, fam->address[i].prefix,
			 net->name);
	}
	if (net_has_gateway(fam) && !(has_options && interfaces_gateway_is_plain(net, v6)))
		add_gateway(out, net, fam);
}

/*
 * Waits at most 5 s for the link-local address, which is tentative during duplicate address
 * detection: a client that cannot use it fails, and then ifup does.  The fifth field has the flags
 * of enum ifa_flags: IFA_F_TENTATIVE is 40.
 */
static void add_wait(struct buf *out, const char *dev)
{
	buf_addf(out,
		 "\tpost-up for i in $(seq 50); do grep -q '^fe80.* 20 [0-38-b]. *%s$' "
		 "/proc/net/if_inet6 && break; sleep 0.1; done\n",
		 dev);
}

/* Starts the client in the background, so that a link without a server does not delay the boot. */
static void add_dhcp6(struct buf *out, const char *dev, unsigned dialect)
{
	if (dialect & (INTERFACES_DHCLIENT6 | INTERFACES_UDHCPC6))
		add_wait(out, dev);
	if (dialect & INTERFACES_DHCPCD6)
		buf_addf(out, "\tpost-up dhcpcd -6 -b %s\n\tpre-down dhcpcd -6 -k %s\n", dev, dev);
	else if (dialect & INTERFACES_DHCLIENT6)
		buf_addf(out,
			 "\tpost-up dhclient -6 -nw -pf /run/dhclient6.%s.pid %s\n"
			 "\tpre-down dhclient -6 -x -pf /run/dhclient6.%s.pid %s\n",
			 dev, dev, dev, dev);
	else if (dialect & INTERFACES_UDHCPC6)
		buf_addf(out,
			 "\tpost-up udhcpc6 -b -p /run/udhcpc6.%s.pid -i %s\n"
			 "\tpre-down kill $(cat /run/udhcpc6.%s.pid)\n", dev, dev, dev);
}

/* ip-token(8): the kernel accepts a token only while it accepts advertisements. */
static void add_token(struct buf *out, const struct net *net)
{
	char token[IP_TEXT_MAX];

	buf_addf(out, "\tpre-up ip token set %s dev %s\n", ip_format(&net->ip6.token, token),
		 net->name);
}

/* Whether the method becomes "manual" in a dialect without "inet6 auto" and "inet6 dhcp". */
static bool is_manual(const struct net_family *fam, bool v6)
{
	return fam->method == IP_MANUAL ||
	       (v6 && (fam->method == IP_AUTO || fam->method == IP_DHCP));
}

/* has_options: the stanza is that of this family. */
static void add_family(struct buf *out, const struct net *net, bool v6, unsigned dialect,
		       bool has_options)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;

	if (is_manual(fam, v6) && (dialect & INTERFACES_MANUAL_IS_DOWN))
		buf_addf(out, "\tpre-up ip link set %s up\n", net->name);
	if (v6 && fam->method == IP_AUTO && fam->token.family != AF_UNSPEC &&
	    !(dialect & INTERFACES_NO_TOKEN))
		add_token(out, net);
	if (fam->method == IP_STATIC)
		add_static(out, net, v6, has_options);
	if (v6 && fam->method == IP_DHCP)
		add_dhcp6(out, net->name, dialect);
	/* "inet6 dhcp" of Debian's ifup sets 1. */
	if (v6 && fam->method == IP_DHCP &&
	    !(dialect & (INTERFACES_NO_INET6_AUTO | INTERFACES_NO_DHCP6)))
		buf_addf(out, "\tpost-up echo 2 > " ACCEPT_RA "\n", net->name);
	add_routes(out, net, v6);
}

void interfaces_section(struct buf *out, const struct net *net, bool v6, unsigned dialect,
			bool first, const char *name)
{
	bool resets_mtu = first && (dialect & INTERFACES_RESETS_MTU);
	int ra = accept_ra(net, dialect);

	if (name && !v6 && net->ip4.method == IP_DHCP)
		buf_addf(out, "\thostname %s\n", name);
	/* The first stanza may be that of IPv4, which must not fail without IPv6 in the kernel. */
	if (first && ra >= 0)
		buf_addf(out, "\tpre-up [ ! -e " ACCEPT_RA " ] || echo %d > " ACCEPT_RA "\n",
			 net->name, ra, net->name);
	if (resets_mtu)
		buf_addf(out, "\tpre-up cat " MTU " > " SAVED_MTU "\n", net->name, net->name);
	add_family(out, net, v6, dialect, true);
	if (!v6 && net->ip6.method != IP_NONE && !interfaces_has_stanza(net, true, dialect))
		add_family(out, net, true, dialect, false);
	/* An "mtu" of the administrator's stays. */
	if (resets_mtu)
		buf_addf(out,
			 "\tpost-up [ $(cat " MTU ") != 1500 ] || "
			 "ip link set %s mtu $(cat " SAVED_MTU ")\n",
			 net->name, net->name, net->name);
}
