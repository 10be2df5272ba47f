/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SUSE's wicked: /etc/sysconfig/network/ifcfg-IFACE, ifroute-IFACE and ifsysctl-IFACE, see
 * ifcfg(5), ifroute(5) and ifsysctl(5).
 */
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/managed.h"
#include "setup/net/accept-ra.h"
#include "setup/net/renderer.h"
#include "setup/services.h"
#include "setup/step.h"

#define DIR "/etc/sysconfig/network"

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	enum service_state state;

	if (!tree_is_exec(s->tree, "/usr/sbin/wicked"))
		return CONSUMER_ABSENT;
	state = service_state(s, "wicked");
	*ret_why = xasprintf("/usr/sbin/wicked exists, wicked.service is %s",
			     state == SERVICE_ENABLED ? "enabled" : "not enabled");
	return state == SERVICE_ENABLED ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

/* ---- ifcfg-IFACE ---- */

/* Each protocol allows static addresses, too; the kernel does autoconfiguration. */
static const char *bootproto(const struct net *net)
{
	bool ip4 = net->ip4.method == IP_DHCP, ip6 = net->ip6.method == IP_DHCP;

	return ip4 && ip6 ? "dhcp" : ip4 ? "dhcp4" : ip6 ? "dhcp6" : "static";
}

static void add_addresses(struct buf *b, const struct net *net)
{
	const struct net_family *families[] = { &net->ip4, &net->ip6 };
	size_t n = 0, all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (families[i]->method == IP_STATIC)
			all += families[i]->n_addresses;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct net_family *f = families[i];

		for (size_t k = 0; f->method == IP_STATIC && k < f->n_addresses; k++) {
			char text[IP_TEXT_MAX];

			buf_add(b, "IPADDR");
			if (all > 1)
				buf_addf(b, "_%zu", ++n);
			buf_addf(b, "=%s/%u\n", ip_format(&f->address[k].ip, text),
				 f->address[k].prefix);
		}
	}
}

static int write_ifcfg(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *path = xasprintf(DIR "/ifcfg-%s", net->name);
	autobuf b = BUF_INIT;
	char text[IP_TEXT_MAX];

	buf_addf(&b, "STARTMODE=onboot\nBOOTPROTO=%s\n", bootproto(net));
	add_addresses(&b, net);
	if (net->ip6.token.family != AF_UNSPEC)
		report_note(s->report, NOTE_WARNING, "network",
			    "give the interface a static address",
			    "wicked does not support an interface identifier; %s gets the kernel's "
			    "instead of %s",
			    net->name, ip_format(&net->ip6.token, text));
	return managed_write(s, path, buf_str(&b), 0, e);
}

/* ---- ifroute-IFACE: DESTINATION GATEWAY NETMASK INTERFACE ---- */

static void add_hops(struct buf *b, const struct net *net, int family)
{
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_find(net, family, hops);
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		buf_addf(b, family == AF_INET ? "%s 0.0.0.0 255.255.255.255 %s\n"
					      : "%s/128 - - %s\n",
			 ip_format(&hops[i], text), net->name);
}

static void add_default(struct buf *b, const struct net_family *f, const char *name)
{
	bool ip4 = f->gateway.family == AF_INET;
	char via[IP_TEXT_MAX];

	if (!net_has_gateway(f))
		return;
	ip_format(&f->gateway, via);
	buf_addf(b, "default %s %s%s\n", via, ip4 ? "0.0.0.0 " : "- ", name);
}

static int write_routes(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *path = xasprintf(DIR "/ifroute-%s", net->name);
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];
	autobuf b = BUF_INIT;

	add_hops(&b, net, AF_INET);
	add_default(&b, &net->ip4, net->name);
	add_hops(&b, net, AF_INET6);
	add_default(&b, &net->ip6, net->name);
	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *r = &net->route[i];

		buf_addf(&b, "%s/%u %s - %s\n", ip_format(&r->to.ip, to), r->to.prefix,
			 r->via.family == AF_UNSPEC ? "-" : ip_format(&r->via, via), net->name);
	}
	if (!*buf_str(&b))
		return 0;
	return managed_section(s, path, buf_str(&b), e);
}

/* ---- ifsysctl-IFACE ---- */

/* The kernel handles advertisements for wicked, and accepts them even with static addresses. */
static int write_sysctl(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *path = xasprintf(DIR "/ifsysctl-%s", net->name);
	autofree char *line =
		xasprintf("net.ipv6.conf.$SYSCTL_IF.accept_ra = %d\n", accept_ra_value(net));

	return managed_section(s, path, line, e);
}

static int render(struct setup *s, struct err *e)
{
	int n = 0;

	for (size_t i = 0; n == 0 && i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		n = write_ifcfg(s, net, e);
		if (n == 0)
			n = write_routes(s, net, e);
		if (n == 0)
			n = write_sysctl(s, net, e);
	}
	return n;
}

/* Finds a native configuration, which wicked merges with ifcfg files. */
static char *claims(struct setup *s, const char *ifname)
{
	autofree char *element = xasprintf("<name>%s</name>", ifname);
	autostrv char **entries = NULL;

	if (tree_list(s->tree, "/etc/wicked/ifconfig", &entries, NULL) < 0)
		return NULL;
	for (char **entry = entries; *entry; entry++) {
		autofree char *path = xasprintf("/etc/wicked/ifconfig/%s", *entry), *text = NULL;

		if (str_ends_with(*entry, ".xml") &&
		    tree_read_optional(s->tree, path, &text, NULL) == 0 && text &&
		    strstr(text, element))
			return steal(&path);
	}
	return NULL;
}

const struct renderer renderer_wicked = {
	.name = "wicked",
	.files = "/etc/sysconfig/network/ifcfg-*, ifroute-*, ifsysctl-*",
	.stands_alone = true,
	.enable = "systemctl enable wicked",
	.probe = probe,
	.render = render,
	.claims = claims,
};
