/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/sysconfig/network-scripts/ifcfg-IFACE, route-IFACE and route6-IFACE.
 *
 * Two consumers read them: the init script "network" of initscripts, whose sysconfig.txt describes
 * the variables, and NetworkManager if it prefers its plugin ifcfg-rh (nm-settings-ifcfg-rh(5)).
 * There is no UUID, because NetworkManager derives one from the file's name.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/managed.h"
#include "setup/net/accept-ra.h"
#include "setup/net/ifcfg-files.h"
#include "setup/net/read-back.h"
#include "setup/net/renderer.h"
#include "setup/net/wait-online.h"
#include "setup/services.h"
#include "setup/step.h"
#include "setup/text-lines.h"

#define DIR IFCFG_DIR
#define SYSCONFIG "/etc/sysconfig/network"

/* ---- the consumers ---- */

static enum consumer_state probe_scripts(struct setup *s, char **ret_why)
{
	enum service_state state;

	if (!tree_is_exec(s->tree, DIR "/ifup-eth"))
		return CONSUMER_ABSENT;
	state = service_sysv(s, "network");
	if (state != SERVICE_ENABLED && s->init == INIT_SYSTEMD)
		state = service_unit(s, "network.service");
	*ret_why = xasprintf(DIR "/ifup-eth exists, its init script is %s",
			     state == SERVICE_ENABLED ? "enabled" : "not enabled");
	return state == SERVICE_ENABLED ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

static enum consumer_state probe_rh(struct setup *s, char **ret_why)
{
	enum service_state state;

	if (!tree_is_exec(s->tree, "/usr/sbin/NetworkManager") ||
	    ifcfg_plugin(s) != IFCFG_PLUGIN_PREFERRED)
		return CONSUMER_ABSENT;
	state = service_state(s, "NetworkManager");
	*ret_why = xasprintf("/usr/sbin/NetworkManager exists, prefers ifcfg files, and is %s",
			     state == SERVICE_ENABLED ? "enabled" : "not enabled");
	return state == SERVICE_ENABLED ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

/* ---- ifcfg-IFACE ---- */

/* Older network scripts send no other name; NetworkManager sends the container's by itself. */
static void add_sent_name(const struct setup *s, struct buf *b)
{
	autofree char *name = s->renderer == &renderer_ifcfg ? hostname_for_dhcp(s) : NULL;

	if (name)
		buf_addf(b, "DHCP_HOSTNAME=%s\n", name);
}

static void add_ip4(const struct setup *s, struct buf *b, const struct net_family *f)
{
	char text[IP_TEXT_MAX], mask[IP_TEXT_MAX];

	buf_addf(b, "BOOTPROTO=%s\n", f->method == IP_DHCP ? "dhcp" : "none");
	if (f->method == IP_DHCP)
		add_sent_name(s, b);
	if (f->method != IP_STATIC)
		return;
	buf_addf(b, "IPADDR=%s\nNETMASK=%s\n", ip_format(&f->address[0].ip, text),
		 netmask_format(f->address[0].prefix, mask));
	for (size_t i = 1; i < f->n_addresses; i++)
		buf_addf(b, "IPADDR%zu=%s\nPREFIX%zu=%u\n", i, ip_format(&f->address[i].ip, text),
			 i, f->address[i].prefix);
	if (net_has_gateway(f))
		buf_addf(b, "GATEWAY=%s\n", ip_format(&f->gateway, text));
}

static void add_static6(struct buf *b, const struct net *net)
{
	const struct net_family *f = &net->ip6;
	char text[IP_TEXT_MAX];

	buf_addf(b, "IPV6ADDR=%s/%u\n", ip_format(&f->address[0].ip, text), f->address[0].prefix);
	for (size_t i = 1; i < f->n_addresses; i++)
		buf_addf(b, "%s%s/%u%s", i == 1 ? "IPV6ADDR_SECONDARIES=\"" : " ",
			 ip_format(&f->address[i].ip, text), f->address[i].prefix,
			 i + 1 == f->n_addresses ? "\"\n" : "");
	buf_add(b, "IPV6_AUTOCONF=no\n");
	if (!net_has_gateway(f) || net_gateway_is_onlink(f))
		return;
	buf_addf(b, "IPV6_DEFAULTGW=%s", ip_format(&f->gateway, text));
	/* The scripts require the interface of a link-local gateway. */
	if (ip_is_link_local(&f->gateway))
		buf_addf(b, "%%%s", net->name);
	buf_addc(b, '\n');
}

/* The scripts would set 1, with which the routes go when a program turns forwarding on. */
static void keep_accept_ra(const struct setup *s, struct buf *b)
{
	if (s->renderer == &renderer_ifcfg)
		buf_add(b, "IPV6_SET_SYSCTLS=no\n");
}

static void add_ip6(struct setup *s, struct buf *b, const struct net *net)
{
	const struct ip *token = &net->ip6.token;
	char text[IP_TEXT_MAX];

	if (net->ip6.method == IP_NONE)
		return;
	buf_add(b, "IPV6INIT=yes\n");
	switch (net->ip6.method) {
	case IP_STATIC:
		add_static6(b, net);
		break;
	case IP_DHCP:
		buf_add(b, "DHCPV6C=yes\n");
		keep_accept_ra(s, b);
		break;
	case IP_AUTO:
		buf_add(b, "IPV6_AUTOCONF=yes\n");
		keep_accept_ra(s, b);
		if (token->family == AF_UNSPEC)
			break;
		if (s->renderer == &renderer_ifcfg_rh)
			buf_addf(b, "IPV6_ADDR_GEN_MODE=eui64\nIPV6_TOKEN=%s\n",
				 ip_format(token, text));
		else
			report_note(s->report, NOTE_WARNING, "network",
				    "give the interface a static address",
				    "network scripts do not support an interface identifier; %s "
				    "gets the kernel's instead of %s",
				    net->name, ip_format(token, text));
		break;
	default: /* no address, not even by advertisements */
		buf_add(b, "IPV6_AUTOCONF=no\n");
	}
}

/*
 * With PEERDNS=no, network scripts leave /etc/resolv.conf alone, which has pct's section.
 * NetworkManager still uses DNS1, and has another variable for IPv6.
 */
static void add_peer_dns(struct buf *b, const struct setup *s, const struct net *net)
{
	bool ra = net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO;

	if (!dns_is_of_config(s))
		return;
	if (net->ip4.method == IP_DHCP || ra)
		buf_add(b, "PEERDNS=no\n");
	if (ra && s->renderer == &renderer_ifcfg_rh)
		buf_add(b, "IPV6_PEERDNS=no\n");
}

/* Network scripts copy the servers to /etc/resolv.conf as they are. */
static void add_dns(struct buf *b, const struct setup *s, const struct net *net)
{
	autofree char *search = s->dns.search ? strv_join(s->dns.search, " ") : NULL;
	autostrv char **own = dns_servers_on(s, net->name);
	char **servers = s->renderer == &renderer_ifcfg_rh ? own : s->dns.servers;
	size_t n = 0;

	for (char **server = servers; server && *server; server++)
		buf_addf(b, "DNS%zu=%s\n", ++n, *server);
	/* A shell sources the file, so a value with blanks needs quotes. */
	if (search && *search)
		buf_addf(b, strchr(search, ' ') ? "DOMAIN=\"%s\"\n" : "DOMAIN=%s\n", search);
}

static int write_ifcfg(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *path = xasprintf(DIR "/ifcfg-%s", net->name);
	autobuf b = BUF_INIT;

	buf_addf(&b, "DEVICE=%s\nONBOOT=yes\n", net->name);
	add_ip4(s, &b, &net->ip4);
	add_ip6(s, &b, net);
	add_dns(&b, s, net);
	add_peer_dns(&b, s, net);
	return managed_write(s, path, buf_str(&b), 0, e);
}

/* ---- route-IFACE, route6-IFACE: arguments of "ip route add" ---- */

static void add_onlink(struct buf *b, const struct net_family *f, const char *name)
{
	char text[IP_TEXT_MAX];

	if (!net_gateway_is_onlink(f))
		return;
	ip_format(&f->gateway, text);
	buf_addf(b, "%s dev %s\ndefault via %s dev %s\n", text, name, text, name);
}

static void add_routes(struct buf *b, const struct net *net, int family)
{
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_of_routes(net, family, hops);

	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s dev %s\n", ip_format(&hops[i], via), net->name);
	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *r = &net->route[i];

		if (r->to.ip.family != family)
			continue;
		buf_addf(b, "%s/%u ", ip_format(&r->to.ip, to), r->to.prefix);
		if (r->via.family != AF_UNSPEC)
			buf_addf(b, "via %s ", ip_format(&r->via, via));
		buf_addf(b, "dev %s\n", net->name);
	}
}

static int write_routes(struct setup *s, const struct net *net, int family, struct err *e)
{
	const struct net_family *f = family == AF_INET ? &net->ip4 : &net->ip6;
	autofree char *path = xasprintf(DIR "/route%s-%s", family == AF_INET ? "" : "6", net->name);
	autobuf b = BUF_INIT;

	add_onlink(&b, f, net->name);
	add_routes(&b, net, family);
	if (!*buf_str(&b))
		return 0;
	return managed_section(s, path, buf_str(&b), e);
}

/* ---- /etc/sysconfig/network ---- */

/* The init script does nothing without that file; NetworkManager does not need it. */
static int switch_on(struct setup *s, bool ip4, bool ip6, struct err *e)
{
	autofree char *old = NULL, *with4 = NULL, *new = NULL;
	int n = tree_read_optional(s->tree, SYSCONFIG, &old, e);

	if (n < 0)
		return n;
	if ((!old && s->renderer == &renderer_ifcfg_rh) || !(ip4 || ip6))
		return 0;
	with4 = ip4 || !old ? lines_assign(old, "NETWORKING", "yes") : xstrdup(old);
	new = ip6 ? lines_assign(with4, "NETWORKING_IPV6", "yes") : xstrdup(with4);
	return tree_write(s->tree, SYSCONFIG, new, 0, ROOTFS_REPLACE_LINK, e);
}

static int render(struct setup *s, struct err *e)
{
	bool ip4 = false, ip6 = false;
	int n = 0;

	for (size_t i = 0; n == 0 && i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		ip4 |= net->ip4.method != IP_NONE;
		ip6 |= net->ip6.method != IP_NONE;
		n = write_ifcfg(s, net, e);
		if (n == 0)
			n = write_routes(s, net, AF_INET, e);
		if (n == 0)
			n = write_routes(s, net, AF_INET6, e);
	}
	if (n == 0)
		n = switch_on(s, ip4, ip6, e);
	/* The scripts set it two seconds after the link is up; the plugin does not without ip6. */
	if (n == 0)
		n = accept_ra_write(s, e);
	/* Network scripts wait only for leases, but NetworkManager has a unit that waits. */
	return n < 0 || s->renderer != &renderer_ifcfg_rh
		       ? n
		       : wait_online_limit(s, "NetworkManager-wait-online.service", e);
}

/* Finds another file with DEVICE=IFACE, whose addresses would be added to those of pct's file. */
static char *claims(struct setup *s, const char *ifname)
{
	autofree char *own = xasprintf("ifcfg-%s", ifname);

	return ifcfg_find(s, ifname, own);
}

static const char *const dhcp_clients[] = { "dhclient", NULL };

const struct renderer renderer_ifcfg = {
	.name = "network-scripts",
	.files = "/etc/sysconfig/network-scripts/ifcfg-*, route-*, route6-*",
	.stands_alone = true,
	.enable = "chkconfig network on",
	.dhcp4_clients = dhcp_clients,
	.dhcp6_clients = dhcp_clients,
	.probe = probe_scripts,
	.render = render,
	.claims = claims,
	.read_back = read_back_ifcfg,
};

const struct renderer renderer_ifcfg_rh = {
	.name = "ifcfg-rh",
	.files = "/etc/sysconfig/network-scripts/ifcfg-*, route-*, route6-*",
	.stands_alone = true,
	.enable = "systemctl enable NetworkManager",
	.probe = probe_rh,
	.render = render,
	.claims = claims,
	.read_back = read_back_ifcfg,
};
