/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gentoo's netifrc: /etc/conf.d/net, which a shell sources, and for each interface a link
 * /etc/init.d/net.IFACE and a link in the runlevel.  Format:
 * /usr/share/doc/netifrc-VERSION/net.example.
 *
 * Each value is a canonical address or a checked name, so none can break out of its quotes.
 */
#include <ctype.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/managed.h"
#include "setup/net/accept-ra.h"
#include "setup/net/renderer.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"
#include "setup/text-section.h"

#define CONF "/etc/conf.d/net"
#define NET_LO "/etc/init.d/net.lo"

#define RUNLEVEL "/etc/runlevels/default"

static const char *const dhcp4_clients[] = { "dhcpcd", "dhclient", "busybox", "pump", NULL };
static const char *const dhcp6_clients[] = { "dhcpcd", "dhclient", NULL };

static bool is_in_runlevel(struct setup *s)
{
	autostrv char **entries = NULL;

	if (tree_list(s->tree, RUNLEVEL, &entries, NULL) < 0)
		return false;
	for (char **entry = entries; *entry; entry++)
		if (str_after(*entry, "net.") && !str_eq(*entry, "net.lo"))
			return true;
	return false;
}

/*
 * pct makes the links in the runlevel, so netifrc counts as enabled with OpenRC, unless another
 * consumer is enabled; then only an existing link enables it.  Both configuring the interface is a
 * finding.
 */
static enum consumer_state probe(struct setup *s, char **ret_why)
{
	if (tree_lkind(s->tree, NET_LO) <= 0)
		return CONSUMER_ABSENT;
	if (s->init == INIT_SYSTEMD || !program_is_there(s->tree, "openrc")) {
		*ret_why = xstrdup(NET_LO " exists, but OpenRC does not run it");
		return CONSUMER_INSTALLED;
	}
	if ((service_openrc(s, "dhcpcd") == SERVICE_ENABLED ||
	     service_openrc(s, "NetworkManager") == SERVICE_ENABLED) && !is_in_runlevel(s)) {
		*ret_why = xstrdup(NET_LO " exists, but another service configures the interfaces");
		return CONSUMER_INSTALLED;
	}
	*ret_why = xstrdup(NET_LO " exists, OpenRC runs it");
	return CONSUMER_ENABLED;
}

/* The name of netifrc's variables for an interface: "wan-1.5" becomes wan_1_5. */
static char *shell_name(const char *ifname)
{
	char *name = xstrdup(ifname);

	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return name;
}

/* An earlier interface with the same variable names, which are written for it; NULL: none. */
static const char *namesake(const struct conf *conf, size_t n)
{
	autofree char *name = shell_name(conf->nets[n].name);

	for (size_t i = 0; i < n; i++) {
		autofree char *other = shell_name(conf->nets[i].name);

		if (net_is_configured(&conf->nets[i]) && str_eq(name, other))
			return conf->nets[i].name;
	}
	return NULL;
}

static bool is_written(const struct conf *conf, size_t n)
{
	return net_is_configured(&conf->nets[n]) && !namesake(conf, n);
}

static void note_namesakes(struct setup *s)
{
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const char *other = namesake(s->conf, i);

		if (other && net_is_configured(&s->conf->nets[i]))
			report_note(s->report, NOTE_WARNING, "network",
				    "give it another name with pct set",
				    "netifrc cannot distinguish %s from %s; %s is omitted",
				    s->conf->nets[i].name, other, s->conf->nets[i].name);
	}
}

static void add_line(struct buf *out, const char *line)
{
	buf_addf(out, "%s%s", out->len ? "\n" : "", line);
}

static void add_config(struct buf *out, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++) {
		autofree char *line = xasprintf("%s/%u", ip_format(&f->address[i].ip, text),
						f->address[i].prefix);

		add_line(out, line);
	}
}

/*
 * The mark of a route's family.  netifrc uses the last mark for each line without one; before the
 * first one, such a line is for IPv4.
 */
static const char *mark(const struct buf *out, int family)
{
	return family == AF_INET6 ? "-6 " : out->len && strstr(out->s, "-6 ") ? "-4 " : "";
}

static void add_hops(struct buf *out, const struct net *net, int family)
{
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_find(net, family, hops);
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		autofree char *host = xasprintf("%s-host %s dev %s", mark(out, family),
						ip_format(&hops[i], text), net->name);

		add_line(out, host);
	}
}

static void add_gateway(struct buf *out, const struct net_family *f)
{
	autofree char *gateway = NULL;
	char text[IP_TEXT_MAX];

	if (!net_has_gateway(f))
		return;
	ip_format(&f->gateway, text);
	gateway = xasprintf("%sdefault gw %s", mark(out, f->gateway.family), text);
	add_line(out, gateway);
}

static void add_routes(struct buf *out, const struct net *net)
{
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];

	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *route = &net->route[i];
		bool on_link = route->via.family == AF_UNSPEC;
		autofree char *line = NULL;

		line = xasprintf("%s%s/%u %s %s", mark(out, route->to.ip.family),
				 ip_format(&route->to.ip, to), route->to.prefix,
				 on_link ? "dev" : "via",
				 on_link ? net->name : ip_format(&route->via, via));
		add_line(out, line);
	}
}

/* Whether dhcpcd asks for a lease of IPv6: "dhcpv6" is provided by dhclient alone. */
static bool asks_dhcpcd6(const struct setup *s, const struct net *net)
{
	return net->ip6.method == IP_DHCP && program_is_there(s->tree, "dhcpcd") &&
	       !program_is_there(s->tree, "dhclient");
}

/* Appends to client options of the administrator.  For dhcpcd, its own file has them, too. */
static void add_dhcp_options(struct buf *out, const struct setup *s, const struct net *net,
			     const char *name)
{
	bool dhcpcd6 = asks_dhcpcd6(s, net), ip4 = net->ip4.method == IP_DHCP;

	if (dns_is_of_config(s) && (ip4 || dhcpcd6))
		buf_addf(out, "dhcp_%s=\"$dhcp_%s nodns\"\n", name, name);
	if (dns_is_of_config(s) && net->ip6.method == IP_DHCP && !dhcpcd6)
		buf_addf(out, "dhcpv6_%s=\"$dhcpv6_%s nodns\"\n", name, name);
	/* Otherwise dhcpcd would configure the other family, too, beside the kernel or dhclient. */
	if (dhcpcd6 && !ip4)
		buf_addf(out, "dhcpcd_%s=\"$dhcpcd_%s -6\"\n", name, name);
	else if (ip4 && !dhcpcd6 &&
		 (net->ip6.method == IP_DHCP || net->ip6.token.family != AF_UNSPEC))
		buf_addf(out, "dhcpcd_%s=\"$dhcpcd_%s -4\"\n", name, name);
}

/* The module is in netifrc 0.7.10 and later. */
static bool supports_token(struct tree *t)
{
	return program_is_there(t, "ip") && (tree_kind(t, "/lib/netifrc/net/ip6token.sh") > 0 ||
					     tree_kind(t, "/usr/lib/netifrc/net/ip6token.sh") > 0);
}

static void add_token(struct buf *out, struct setup *s, const struct net *net, const char *name)
{
	char text[IP_TEXT_MAX];

	if (net->ip6.method != IP_AUTO || net->ip6.token.family == AF_UNSPEC)
		return;
	if (supports_token(s->tree))
		buf_addf(out, "ip6token_%s=\"%s\"\n", name, ip_format(&net->ip6.token, text));
	else
		report_note(s->report, NOTE_WARNING, "network",
			    "give the interface a static address, or install netifrc 0.7.10 or "
			    "later, and iproute2",
			    "this netifrc does not support token; the kernel chooses the "
			    "interface identifier of %s",
			    net->name);
}

static void add_net(struct buf *out, struct setup *s, const struct net *net)
{
	autobuf config = BUF_INIT, routes = BUF_INIT;
	autofree char *name = shell_name(net->name);

	if (net->ip4.method == IP_DHCP)
		add_line(&config, "dhcp");
	add_config(&config, &net->ip4);
	if (!asks_dhcpcd6(s, net) && net->ip6.method == IP_DHCP)
		add_line(&config, "dhcpv6");
	else if (net->ip6.method == IP_DHCP && net->ip4.method != IP_DHCP)
		add_line(&config, "dhcp");
	add_config(&config, &net->ip6);
	/* An empty value would mean DHCP.  The kernel handles advertisements: accept_ra_write(). */
	if (!config.len)
		add_line(&config, "null");
	add_hops(&routes, net, AF_INET);
	add_gateway(&routes, &net->ip4);
	add_hops(&routes, net, AF_INET6);
	add_gateway(&routes, &net->ip6);
	add_routes(&routes, net);
	buf_addf(out, "config_%s=\"%s\"\n", name, config.s);
	add_dhcp_options(out, s, net, name);
	add_token(out, s, net, name);
	if (routes.len)
		buf_addf(out, "routes_%s=\"%s\"\n", name, routes.s);
}

static int link_service(struct setup *s, const char *ifname, struct err *e)
{
	autofree char *script = xasprintf("/etc/init.d/net.%s", ifname);
	autofree char *level = xasprintf(RUNLEVEL "/net.%s", ifname);
	int n = managed_symlink(s, "net.lo", script, e);

	return n < 0 ? n : managed_symlink(s, script, level, e);
}

/* netifrc's module for addresses: ifconfig if it is installed, like Proxmox VE. */
static const char *address_module(struct tree *t)
{
	bool iproute2 = program_is_there(t, "ip") && !program_is_there(t, "ifconfig");

	return iproute2 ? "iproute2" : "ifconfig";
}

static int write_conf(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	const char *module = address_module(s->tree);
	autobuf body = BUF_INIT;
	int n = tree_read_optional(s->tree, CONF, &old, e);

	if (n < 0)
		return n;
	for (size_t i = 0; i < s->conf->n_nets; i++)
		if (is_written(s->conf, i)) {
			if (!body.len)
				buf_addf(&body, "modules=\"$modules %s\"\n", module);
			add_net(&body, s, &s->conf->nets[i]);
		}
	if (!old && !body.len)
		return 0;
	new = section_set(old, buf_str(&body), SECTION_APPEND);
	n = tree_mkdir(s->tree, "/etc/conf.d", 0755, e);
	return n < 0 ? n : tree_write(s->tree, CONF, new, 0, ROOTFS_REPLACE_LINK, e);
}

/* netifrc runs /bin/busybox itself, with a script of its own. */
static void note_busybox(struct setup *s)
{
	bool wanted = false;

	for (size_t i = 0; i < s->conf->n_nets; i++)
		wanted |= s->conf->nets[i].ip4.method == IP_DHCP;
	for (const char *const *client = dhcp4_clients; *client; client++)
		wanted &= program_is_there(s->tree, *client) == str_eq(*client, "busybox");
	if (wanted &&
	    !(program_is_there(s->tree, "ifconfig") && program_is_there(s->tree, "route")))
		report_note(s->report, NOTE_WARNING, "network", "install net-tools or dhcpcd",
			    "netifrc's script for busybox's DHCP client needs ifconfig and route, "
			    "which the container lacks");
}

static int render(struct setup *s, struct err *e)
{
	int n = write_conf(s, e);

	note_namesakes(s);
	for (size_t i = 0; n == 0 && i < s->conf->n_nets; i++)
		if (is_written(s->conf, i))
			n = link_service(s, s->conf->nets[i].name, e);
	note_busybox(s);
	return n < 0 ? n : accept_ra_write(s, e);
}

static char *claims(struct setup *s, const char *ifname)
{
	autofree char *path = xasprintf(RUNLEVEL "/net.%s", ifname);

	if (s->renderer == &renderer_netifrc || tree_lkind(s->tree, path) <= 0 ||
	    managed_is_ours(s, path))
		return NULL;
	return steal(&path);
}

const struct renderer renderer_netifrc = {
	.name = "netifrc",
	.files = "/etc/conf.d/net, /etc/init.d/net.*",
	.stands_alone = true,
	.dhcp4_clients = dhcp4_clients,
	.dhcp6_clients = dhcp6_clients,
	.probe = probe,
	.render = render,
	.claims = claims,
};
