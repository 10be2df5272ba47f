/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd-networkd: one file for each interface, systemd.network(5). */
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/managed.h"
#include "setup/net/networkd-dns.h"
#include "setup/net/networkd-match.h"
#include "setup/net/read-back.h"
#include "setup/net/renderer.h"
#include "setup/net/wait-online.h"
#include "setup/nixos.h"
#include "setup/services.h"
#include "setup/step.h"

#define DIR "/etc/systemd/network"
#define UNIT "systemd-networkd.service"

static const char *find_program(struct tree *t)
{
	static const char *const paths[] = { "/usr/lib/systemd/systemd-networkd",
					     "/lib/systemd/systemd-networkd",
					     NIXOS_SYSTEM "/systemd/lib/systemd/systemd-networkd" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (tree_is_exec(t, paths[i]))
			return paths[i];
	return NULL;
}

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	static const char *const verdicts[] = {
		[SERVICE_ABSENT] = "it has no unit",
		[SERVICE_MASKED] = "its unit is masked",
		[SERVICE_DISABLED] = "its unit is not enabled",
		[SERVICE_ENABLED] = "its unit is enabled",
	};
	const char *program = find_program(s->tree);
	enum service_state state;

	if (!program || s->init != INIT_SYSTEMD)
		return CONSUMER_ABSENT;
	state = service_unit(s, UNIT);
	*ret_why = xasprintf("%s exists, %s", program, verdicts[state]);
	return state == SERVICE_ENABLED ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

/* ---- the text ---- */

static void add_family(struct buf *b, const struct net_family *f, bool omits_gateway)
{
	char text[IP_TEXT_MAX];

	if (f->method != IP_STATIC)
		return;
	for (size_t i = 0; i < f->n_addresses; i++)
		buf_addf(b, "Address = %s/%u\n", ip_format(&f->address[i].ip, text),
			 f->address[i].prefix);
	if (net_has_gateway(f) && !omits_gateway)
		buf_addf(b, "Gateway = %s\n", ip_format(&f->gateway, text));
}

/* Adds on-link routes to gateways, which networkd sets before routes with a gateway. */
static void add_hops(struct buf *b, const struct net *net, int family)
{
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_find(net, family, hops);
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		buf_addf(b, "\n[Route]\nDestination = %s/%u\nScope = link\n",
			 ip_format(&hops[i], text), family == AF_INET ? 32 : 128);
}

static void add_routes(struct buf *b, const struct net *net)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *route = &net->route[i];

		buf_addf(b, "\n[Route]\nDestination = %s/%u\n", ip_format(&route->to.ip, text),
			 route->to.prefix);
		if (route->via.family == AF_UNSPEC)
			buf_add(b, "Scope = link\n");
		else
			buf_addf(b, "Gateway = %s\n", ip_format(&route->via, text));
	}
}

static const char *dhcp_value(const struct net *net)
{
	if (net->ip4.method == IP_DHCP)
		return net->ip6.method == IP_DHCP ? "yes" : "ipv4";
	return net->ip6.method == IP_DHCP ? "ipv6" : "no";
}

static char *make_text(const struct setup *s, const struct net *net)
{
	bool ra = net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO;
	bool has_token = net->ip6.method == IP_AUTO && net->ip6.token.family == AF_INET6;
	char token[IP_TEXT_MAX];
	autobuf b = BUF_INIT;

	buf_addf(&b, "[Match]\nName = %s\n\n[Network]\n", net->name);
	buf_addf(&b, "Description = Interface %s, configured by pct\n", net->name);
	add_family(&b, &net->ip4, network_omits_gateway(s, net, false));
	add_family(&b, &net->ip6, network_omits_gateway(s, net, true));
	buf_addf(&b, "DHCP = %s\nIPv6AcceptRA = %s\n", dhcp_value(net), ra ? "true" : "false");
	if (has_token) {
		/* IPv6Token up to systemd 249, Token since 250. */
		ip_format(&net->ip6.token, token);
		buf_addf(&b, "IPv6Token = %s\n\n[IPv6AcceptRA]\nToken = static:%s\n", token, token);
	}
	networkd_dns(&b, s, net);
	add_hops(&b, net, AF_INET);
	add_hops(&b, net, AF_INET6);
	add_routes(&b, net);
	return buf_detach(&b);
}

/* ---- the file ---- */

/*
 * IFACE.network, unless a file with a pattern sorts before it, and would be used instead.  A file
 * for exactly this interface is the administrator's choice and wins, except in a new template,
 * which has no administrator yet, and except a packaged file, like that for host0.
 */
static char *choose_name(struct setup *s, const struct net *net)
{
	autofree char *usual = xasprintf("%s.network", net->name);
	autofree char *early = xasprintf("05-%s.network", net->name);
	autofree char *early_path = xasprintf(DIR "/%s", early);
	bool exact = false, packaged;
	autofree char *rival = networkd_match(s, net, usual, &exact);

	if (!rival || strcmp(strrchr(rival, '/') + 1, usual) > 0)
		return steal(&usual);
	packaged = str_after(rival, "/usr/lib/") || str_after(rival, "/lib/");
	if (exact && !packaged && s->phase != PHASE_CREATE && !managed_is_ours(s, early_path))
		return steal(&usual);
	return steal(&early);
}

static int render_net(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *name = choose_name(s, net);
	autofree char *path = xasprintf(DIR "/%s", name);
	autofree char *text = make_text(s, net);

	return managed_write(s, path, text, 0, e);
}

static int render(struct setup *s, struct err *e)
{
	bool any = false;
	int n = 0;

	for (size_t i = 0; n == 0 && i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		any = true;
		n = render_net(s, net, e);
	}
	return n < 0 || !any ? n : wait_online_limit(s, "systemd-networkd-wait-online.service", e);
}

/* A file of pct or netplan overrides files that sort after it. */
static char *claims(struct setup *s, const char *ifname)
{
	const struct net *net = conf_net_named(s->whole, ifname);
	autofree char *ours = NULL, *rival = NULL;

	if (!net)
		return NULL;
	if (s->renderer == &renderer_networkd)
		ours = choose_name(s, net);
	else if (s->renderer == &renderer_netplan)
		ours = xasprintf("10-netplan-%s.network", ifname);
	rival = networkd_match(s, net, ours, &(bool){ false });
	if (rival && ours && strcmp(strrchr(rival, '/') + 1, ours) > 0)
		return NULL;
	return steal(&rival);
}

const struct renderer renderer_networkd = {
	.name = "systemd-networkd",
	.files = "/etc/systemd/network/*.network",
	.one_gateway = true,
	.enable = "systemctl enable systemd-networkd",
	.probe = probe,
	.render = render,
	.claims = claims,
	.read_back = read_back_networkd,
};
