/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dhcpcd as the service that configures all interfaces, as on Void.
 *
 * dhcpcd.conf(5) supports one static address of a family and an IPv4 router in its subnet.  For
 * other settings, pct writes dhcpcd.exit-hook, which dhcpcd-run-hooks(8) sources at each event of
 * an interface.  As a service, dhcpcd works in the background and does not delay the boot.
 */
#include <fnmatch.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/net/dhcp/dhcpcd-conf.h"
#include "setup/net/renderer.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	autofree char *path = program_find(s->tree, "dhcpcd");

	if (!path)
		return CONSUMER_ABSENT;
	if (service_state(s, "dhcpcd") == SERVICE_ENABLED) {
		*ret_why = xasprintf("%s exists, the service dhcpcd runs it", path);
		return CONSUMER_ENABLED;
	}
	/* Without a service, dhcpcd is only a client that others start for an interface. */
	if (service_state(s, "dhcpcd") == SERVICE_ABSENT)
		return CONSUMER_ABSENT;
	*ret_why = xasprintf("%s exists", path);
	return CONSUMER_INSTALLED;
}

static bool gateway_is_plain(const struct net_family *f)
{
	return f->gateway.family == AF_INET && net_has_gateway(f) &&
	       cidr_contains(&f->address[0], &f->gateway);
}

static void add_family4(struct buf *out, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	if (f->method == IP_NONE || f->method == IP_MANUAL)
		buf_add(out, "noipv4\n");
	if (f->method != IP_STATIC)
		return;
	/* noarp: else the address is missing for five seconds after each reload of this file. */
	buf_addf(out, "noarp\nstatic ip_address=%s/%u\n", ip_format(&f->address[0].ip, text),
		 f->address[0].prefix);
	/* A /31 has no broadcast address (RFC 3021), but dhcpcd would use the peer's. */
	if (f->address[0].prefix == 31)
		buf_add(out, "static broadcast_address=255.255.255.255\n");
	if (gateway_is_plain(f))
		buf_addf(out, "static routers=%s\n", ip_format(&f->gateway, text));
}

/* dhcpcd takes a token since 10; before, it ignores it without an error. */
static bool knows_token(struct tree *t)
{
	static const char *const mark = "slaac token";
	autofree char *path = program_find(t, "dhcpcd");

	return path && program_find_mark(t, path, &mark, 1) == 0;
}

static void add_family6(struct buf *out, struct tree *t, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	switch (f->method) {
	case IP_STATIC:
		buf_addf(out, "noipv6rs\nstatic ip6_address=%s/%u\n",
			 ip_format(&f->address[0].ip, text), f->address[0].prefix);
		break;
	case IP_DHCP:
		buf_add(out, "ipv6rs\nia_na\n");
		break;
	case IP_AUTO:
		buf_add(out, "ipv6rs\nnodhcp6\n");
		if (f->token.family != AF_UNSPEC && knows_token(t))
			buf_addf(out, "slaac token %s\n", ip_format(&f->token, text));
		break;
	default:
		buf_add(out, "noipv6\n");
	}
}

/* ---- the hook ---- */

static void add_gateway(struct buf *out, const struct net *net, const struct net_family *f)
{
	char gw[IP_TEXT_MAX];

	if (!net_has_gateway(f) || gateway_is_plain(f))
		return;
	ip_format(&f->gateway, gw);
	if (net_gateway_is_onlink(f))
		buf_addf(out, "\tip route replace %s dev %s\n", gw, net->name);
	buf_addf(out, "\tip route replace default via %s dev %s\n", gw, net->name);
}

static void add_addresses(struct buf *out, const struct net *net, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 1; f->method == IP_STATIC && i < f->n_addresses; i++)
		buf_addf(out, "\tip addr replace %s/%u dev %s\n",
			 ip_format(&f->address[i].ip, text), f->address[i].prefix, net->name);
}

static void add_hops(struct buf *out, const struct net *net, int family)
{
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_of_routes(net, family, hops);
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		buf_addf(out, "\tip route replace %s dev %s\n", ip_format(&hops[i], text),
			 net->name);
}

static void add_routes(struct buf *out, const struct net *net)
{
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];

	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *route = &net->route[i];

		buf_addf(out, "\tip route replace %s/%u", ip_format(&route->to.ip, to),
			 route->to.prefix);
		if (route->via.family != AF_UNSPEC)
			buf_addf(out, " via %s", ip_format(&route->via, via));
		buf_addf(out, " dev %s\n", net->name);
	}
}

/* Events after which the interface has its addresses: dhcpcd-run-hooks(8). */
static const char *events(const struct net *net)
{
	if (net->ip4.method == IP_STATIC || net->ip4.method == IP_DHCP ||
	    net->ip6.method == IP_STATIC || net->ip6.method == IP_DHCP ||
	    net->ip6.method == IP_AUTO)
		return "STATIC|STATIC6|BOUND|BOUND6|REBOOT|REBOOT6|ROUTERADVERT";
	return "CARRIER";
}

static void add_commands(struct buf *out, const struct net *net)
{
	autobuf commands = BUF_INIT;

	add_addresses(&commands, net, &net->ip4);
	add_addresses(&commands, net, &net->ip6);
	add_gateway(&commands, net, &net->ip4);
	add_gateway(&commands, net, &net->ip6);
	add_hops(&commands, net, AF_INET);
	add_hops(&commands, net, AF_INET6);
	add_routes(&commands, net);
	/*
	 * Also at PREINIT, before the link is up, so that the kernel accepts no advertisement; it
	 * does without ip6, too, as "noipv6" leaves IPv6 to it.
	 */
	if (net->ip6.method != IP_DHCP && net->ip6.method != IP_AUTO)
		buf_addf(out,
			 "[ \"$interface\" != %s ] ||\n"
			 "\techo 0 > /proc/sys/net/ipv6/conf/%s/accept_ra\n", net->name,
			 net->name);
	if (commands.len)
		buf_addf(out, "[ \"$interface\" != %s ] || case $reason in\n%s)\n%s\t;;\nesac\n",
			 net->name, events(net), commands.s);
}

/* ---- interfaces that dhcpcd configures ---- */

/* Whether a line "KEY PATTERN..." matches the interface.  *ret_any: there is a line with KEY. */
static bool is_listed(char *const *lines, const char *key, const char *ifname, bool *ret_any)
{
	bool fits = false;

	for (char *const *line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t\r,");

		if (!str_eq(words[0], key))
			continue;
		*ret_any = true;
		for (char **word = words + 1; *word; word++)
			fits |= fnmatch(*word, ifname, 0) == 0;
	}
	return fits;
}

/* The service configures each interface that the file does not exclude. */
static bool takes(struct setup *s, const char *ifname)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;
	bool any = false;

	if (tree_read_optional(s->tree, DHCPCD_CONF, &text, NULL) < 0 || !text)
		return true;
	lines = strv_split(text, "\n");
	if (is_listed(lines, "denyinterfaces", ifname, &any))
		return false;
	any = false;
	return is_listed(lines, "allowinterfaces", ifname, &any) || !any;
}

static char *claims(struct setup *s, const char *ifname)
{
	bool is_rival = s->renderer != &renderer_dhcpcd && takes(s, ifname);

	return is_rival ? xstrdup("its service") : NULL;
}

/* ---- writing ---- */

static void note_limits(struct setup *s, const struct net *net)
{
	if (net->ip6.method == IP_AUTO && net->ip6.token.family != AF_UNSPEC &&
	    !knows_token(s->tree))
		report_note(s->report, NOTE_WARNING, "network",
			    "install dhcpcd 10, or give the interface a static address",
			    "this dhcpcd does not support token; it chooses the interface "
			    "identifier of %s", net->name);
	if (!takes(s, net->name))
		report_note(s->report, NOTE_WARNING, "network",
			    "remove it from the line denyinterfaces, or add it to allowinterfaces",
			    DHCPCD_CONF " prevents dhcpcd from configuring %s", net->name);
}

static int render(struct setup *s, struct err *e)
{
	autobuf conf = BUF_INIT, hook = BUF_INIT;
	int n;

	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		/* nodev: dhcpcd must not wait for udev, which does not run in a container. */
		buf_addf(&conf, "%sinterface %s\n", conf.len ? "" : "nodev\n", net->name);
		dhcpcd_add_name(&conf, s, net);
		dhcpcd_add_dns(&conf, s);
		add_family4(&conf, &net->ip4);
		add_family6(&conf, s->tree, &net->ip6);
		add_commands(&hook, net);
		note_limits(s, net);
	}
	n = tree_write_section(s->tree, DHCPCD_CONF, buf_str(&conf), e);
	return n < 0 ? n : tree_write_section(s->tree, DHCPCD_HOOK, buf_str(&hook), e);
}

const struct renderer renderer_dhcpcd = {
	.name = "dhcpcd",
	.files = "/etc/dhcpcd.conf, /etc/dhcpcd.exit-hook",
	.takes_all = true,
	.enable = "systemctl enable dhcpcd",
	.probe = probe,
	.render = render,
	.claims = claims,
};
