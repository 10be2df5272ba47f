/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * OpenWrt: sections of /etc/config/network, which netifd reads through UCI.
 *
 * The file belongs to the administrator.  pct uses the existing section with the interface's
 * device, because firewall zones refer to sections by name; else it adds a section.  In a section,
 * pct writes the options below and keeps others.  `uci commit` drops comments and so markers: pct
 * recognizes its sections by their names and the ledger, and writes text as uci does.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/managed.h"
#include "setup/net/renderer.h"
#include "setup/net/uci-file.h"
#include "setup/services.h"
#include "setup/step.h"

#define CONFIG "/etc/config/network"

static const char *const our_options[] = { "device", "ifname", "proto", "ipaddr", "netmask",
					   "gateway", "ip6addr", "ip6gw", "dns", "dns_search",
					   "reqaddress", "reqprefix", "ifaceid", "interface",
					   "target", "onlink" };
/* Options that pct writes at times, and administrators at other times. */
static const char *const shared_options[] = { "peerdns", "ip6ifaceid" };

/* OpenWrt makes this section at the first boot, but only if there is no file. */
static const char loopback[] = "config interface 'loopback'\n"
			       "\toption device 'lo'\n"
			       "\toption proto 'static'\n"
			       "\toption ipaddr '127.0.0.1'\n"
			       "\toption netmask '255.0.0.0'\n"
			       "\n";

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	enum service_state state;

	if (!tree_is_exec(s->tree, "/sbin/netifd"))
		return CONSUMER_ABSENT;
	state = service_procd(s, "network");
	*ret_why = xasprintf("/sbin/netifd exists, /etc/init.d/network is %s",
			     state == SERVICE_ENABLED ? "enabled" : "not enabled");
	return state == SERVICE_ENABLED ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

/* ---- sections ---- */

static bool is_of_dns(const char *option)
{
	return str_eq(option, "dns") || str_eq(option, "dns_search") || str_eq(option, "peerdns");
}

/* Whether a line stays beside the lines of pct.  ours: the section is as pct wrote it. */
static bool is_kept(const struct setup *s, char **words, const char *lines, bool ours)
{
	if (str_eq(words[0], "config"))
		return false;
	if (s->dns.ignored && is_of_dns(words[1]))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(our_options); i++)
		if (str_eq(words[1], our_options[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(shared_options); i++) {
		autofree char *option = xasprintf("\toption %s ", shared_options[i]);

		if (str_eq(words[1], shared_options[i]) && (ours || strstr(lines, option)))
			return false;
	}
	return true;
}

/* Adds the lines of sec, including comments, that stay beside lines. */
static void add_kept(struct buf *b, const struct setup *s, const struct uci_section *sec,
		     const char *lines, bool ours)
{
	for (const char *line = sec->text; *line;) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = uci_split_line(line, len);

		if (words ? is_kept(s, words, lines, ours) : line[strspn(line, " \t\r")] == '#')
			buf_addf(b, "%.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static bool has_device(const struct uci_section *sec, const char *device)
{
	const char *now = sec->option[UCI_DEVICE];

	return str_eq(sec->type, "interface") &&
	       str_eq(now ? now : sec->option[UCI_IFNAME], device);
}

static bool has_port(const struct uci_section *sec, const char *device)
{
	return str_eq(sec->option[UCI_TYPE], "bridge") && strv_has(sec->ports, device);
}

static bool is_ours(struct setup *s, const struct uci_section *sec)
{
	return sec->name && managed_part_is_ours(s, CONFIG, sec->name, sec->text);
}

/* ---- the sections of an interface ---- */

static struct uci_section *by_name(struct uci *u, const char *name)
{
	for (size_t i = 0; i < u->n; i++)
		if (str_eq(u->v[i].name, name))
			return &u->v[i];
	return NULL;
}

/*
 * The section of the interface for IPv6 only (ip6), or the other one.  The IPv6 section has the
 * protocol dhcpv6, or is a second one with a name like "wan6".
 */
static const char *find_section(struct uci *u, const char *device, bool ip6)
{
	bool further = false;

	for (size_t i = 0; i < u->n; i++) {
		bool for_ip6;

		if (!u->v[i].name || !has_device(&u->v[i], device))
			continue;
		for_ip6 = str_eq(u->v[i].option[UCI_PROTO], "dhcpv6") ||
			  (further && str_ends_with(u->v[i].name, "6"));
		if (for_ip6 == ip6)
			return u->v[i].name;
		further = true;
	}
	return NULL;
}

static char *new_name(struct uci *u, const char *ifname)
{
	char *name = xstrdup(ifname);

	for (char *c = name; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", *c))
			*c = '_';
	while (by_name(u, name)) {
		autofree char *taken = name;

		name = xasprintf("%s_", taken);
	}
	return name;
}

/* "device", or "ifname" up to 19.07: as in other sections, else by the release. */
static const char *device_key(const struct setup *s, const struct uci *u)
{
	unsigned release = os_release_major(&s->os);

	for (size_t i = 0; i < u->n; i++) {
		const char *device = u->v[i].option[UCI_DEVICE];

		if (str_eq(u->v[i].type, "interface") && (device || u->v[i].option[UCI_IFNAME]))
			return device ? "device" : "ifname";
	}
	return release && release < 21 ? "ifname" : "device";
}

/* ---- writing ---- */

static const char *proto_of(const struct net_family *f, bool ip6)
{
	switch (f->method) {
	case IP_NONE:
		return NULL;
	case IP_STATIC:
		return "static";
	case IP_MANUAL:
		return "none";
	default:
		return ip6 ? "dhcpv6" : "dhcp";
	}
}

/* Puts lines into the section of that name; makes it if missing. */
static void place(struct setup *s, struct uci *u, const char *type, const char *name,
		  const char *lines)
{
	struct uci_section *sec = by_name(u, name);
	struct buf b = BUF_INIT;

	if (!sec)
		sec = uci_add(u, type, name);
	buf_addf(&b, "config %s '%s'\n%s", type, name, lines);
	add_kept(&b, s, sec, lines, is_ours(s, sec));
	buf_addc(&b, '\n');
	uci_set_text(sec, buf_detach(&b));
	sec->wanted = true;
	managed_part_record(s, CONFIG, name, sec->text);
}

static void add_family(struct buf *b, const struct net_family *f, bool ip6)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		buf_addf(b, "\tlist %s '%s/%u'\n", ip6 ? "ip6addr" : "ipaddr",
			 ip_format(&f->address[i].ip, text), f->address[i].prefix);
	if (net_has_gateway(f) && !net_gateway_is_onlink(f))
		buf_addf(b, "\toption %s '%s'\n", ip6 ? "ip6gw" : "gateway",
			 ip_format(&f->gateway, text));
	/* odhcp6c always uses advertisements; reqaddress "none" requests no DHCPv6 address. */
	if (ip6 && (f->method == IP_DHCP || f->method == IP_AUTO))
		buf_addf(b, "\toption reqaddress '%s'\n\toption reqprefix 'no'\n",
			 f->method == IP_DHCP ? "try" : "none");
	/* ifaceid up to 24.10, ip6ifaceid since 25.12. */
	if (f->token.family != AF_UNSPEC) {
		ip_format(&f->token, text);
		buf_addf(b, "\toption ifaceid '%s'\n\toption ip6ifaceid '%s'\n", text, text);
	}
}

static bool has_static(const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_nets; i++)
		if (conf->nets[i].ip4.method == IP_STATIC || conf->nets[i].ip6.method == IP_STATIC)
			return true;
	return false;
}

/*
 * netifd writes the name servers of all interfaces that are up, one after the other, and a line for
 * each item of dns_search, of which the last one counts.  So one section has them, which waits for
 * no lease if possible, and one item has the whole search list.  netifd takes no zone, and gives
 * link-local servers that of their section, so these are in the first section of their interface.
 */
static void add_dns(struct buf *b, const struct setup *s, struct uci *u, const char *proto,
		    const char *name, bool first)
{
	autofree char *search = strv_join(s->dns.search, " ");
	bool others = !u->has_dns && (str_eq(proto, "static") || !has_static(s->conf));

	if (dns_is_of_config(s) && str_after(proto, "dhcp"))
		buf_add(b, "\toption peerdns '0'\n");
	u->has_dns |= others;
	for (char **server = s->dns.servers; server && *server; server++) {
		const char *zone = strchr(*server, '%');

		if (zone ? first && str_eq(zone + 1, name) : others)
			buf_addf(b, "\tlist dns '%.*s'\n", (int)strcspn(*server, "%"), *server);
	}
	if (others && *search)
		buf_addf(b, "\tlist dns_search '%s'\n", search);
}

/* Adds a section for a route; *n counts the routes of the interface and family. */
static void place_route(struct setup *s, struct uci *u, const char *interface, size_t *n,
			const struct cidr *to, const struct ip *via, bool onlink)
{
	bool ip6 = to->ip.family == AF_INET6;
	autofree char *name = xasprintf("%s_r%s%zu", interface, ip6 ? "6_" : "", (*n)++);
	autobuf b = BUF_INIT;
	char text[IP_TEXT_MAX];

	buf_addf(&b, "\toption interface '%s'\n\toption target '%s/%u'\n", interface,
		 ip_format(&to->ip, text), to->prefix);
	if (via->family != AF_UNSPEC)
		buf_addf(&b, "\toption gateway '%s'\n", ip_format(via, text));
	if (onlink)
		buf_add(&b, "\toption onlink '1'\n");
	place(s, u, ip6 ? "route6" : "route", name, buf_str(&b));
}

static void place_routes(struct setup *s, struct uci *u, const struct net *net, bool ip6,
			 const char *interface)
{
	const struct net_family *f = ip6 ? &net->ip6 : &net->ip4;
	int family = ip6 ? AF_INET6 : AF_INET;
	const struct ip none = { AF_UNSPEC, { 0 } };
	const struct cidr all = { { family, { 0 } }, 0 };
	struct ip hops[ONLINK_MAX];
	size_t n_hops = onlink_find(net, family, hops), n = 0;

	for (size_t i = 0; i < n_hops; i++) {
		struct cidr host = { hops[i], ip6 ? 128 : 32 };

		place_route(s, u, interface, &n, &host, &none, false);
	}
	if (net_gateway_is_onlink(f))
		place_route(s, u, interface, &n, &all, &f->gateway, true);
	for (size_t i = 0; i < net->n_routes; i++)
		if (net->route[i].to.ip.family == family)
			place_route(s, u, interface, &n, &net->route[i].to, &net->route[i].via,
				    onlink_is(net, &net->route[i].via));
}

/* A section has one protocol, so families with different protocols need two sections. */
static void place_net(struct setup *s, struct uci *u, const struct net *net, const char *key)
{
	const char *proto4 = proto_of(&net->ip4, false), *proto6 = proto_of(&net->ip6, true);
	const char *found4 = find_section(u, net->name, false);
	const char *found6 = find_section(u, net->name, true);
	bool only6 = !proto4 || (str_eq(proto4, "none") && proto6 && !found6);
	bool both = !found6 && (!proto6 || str_eq(proto4, proto6) || str_eq(proto6, "none"));
	autofree char *name4 = found4 ? xstrdup(found4) : new_name(u, net->name);
	autofree char *name6 = found6 ? xstrdup(found6)
			       : only6 || both ? xstrdup(name4) : xasprintf("%s_6", name4);
	autobuf b = BUF_INIT;

	if (proto4 && !str_eq(name4, name6)) {
		buf_addf(&b, "\toption %s '%s'\n\toption proto '%s'\n", key, net->name, proto4);
		add_family(&b, &net->ip4, false);
		add_dns(&b, s, u, proto4, net->name, true);
		place(s, u, "interface", name4, buf_str(&b));
		buf_clear(&b);
	}
	if (proto6 || str_eq(name4, name6)) {
		const char *proto = (proto6 && !both) || only6 ? proto6 : proto4;

		buf_addf(&b, "\toption %s '%s'\n\toption proto '%s'\n", key, net->name, proto);
		if (str_eq(name4, name6))
			add_family(&b, &net->ip4, false);
		add_family(&b, &net->ip6, true);
		add_dns(&b, s, u, proto, net->name, !proto4 || str_eq(name4, name6));
		place(s, u, "interface", name6, buf_str(&b));
	}
	place_routes(s, u, net, false, name4);
	place_routes(s, u, net, true, name6);
}

/* ---- sections of the administrator, or of the image ---- */

static bool is_lease(const struct uci_section *sec)
{
	return str_eq(sec->type, "interface") && sec->name && sec->option[UCI_PROTO] &&
	       str_after(sec->option[UCI_PROTO], "dhcp");
}

static void set_peerdns(struct uci_section *sec, bool off)
{
	struct buf b = BUF_INIT;

	for (const char *line = sec->text; *line;) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = uci_split_line(line, len);

		if (len && !(words && str_eq(words[1], "peerdns")))
			buf_addf(&b, "%.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
	buf_add(&b, off ? "\toption peerdns '0'\n\n" : "\n");
	uci_set_text(sec, buf_detach(&b));
}

/*
 * The name servers of the config override those of any lease, also where the config leaves a family
 * to the image, like that of "wan6".  An administrator's peerdns stays.
 */
static void override_leases(struct setup *s, struct uci *u)
{
	for (size_t i = 0; i < u->n; i++) {
		struct uci_section *sec = &u->v[i];
		autofree char *part = NULL;
		bool ours;

		if (!is_lease(sec) || sec->wanted)
			continue;
		part = xasprintf("%s.peerdns", sec->name);
		ours = sec->option[UCI_PEERDNS] &&
		       managed_part_is_ours(s, CONFIG, part, sec->option[UCI_PEERDNS]);
		if (u->has_dns && dns_is_of_config(s) && (ours || !sec->option[UCI_PEERDNS])) {
			if (!ours)
				set_peerdns(sec, true);
			managed_part_record(s, CONFIG, part, "0");
		} else if (ours) {
			set_peerdns(sec, false);
		}
	}
}

/* The metric of the section's default route; NULL: it has none. */
static const char *default_metric(const struct uci_section *sec, bool ip6)
{
	const char *proto = sec->option[UCI_PROTO], *metric = sec->option[UCI_METRIC];
	bool any = str_eq(proto, "static") ? sec->option[ip6 ? UCI_IP6GW : UCI_GATEWAY] != NULL
					   : str_eq(proto, ip6 ? "dhcpv6" : "dhcp");

	if (!any || !str_eq(sec->type, "interface") || str_eq(sec->option[UCI_DEFAULTROUTE], "0"))
		return NULL;
	/* odhcp6c's script has a metric of its own. */
	return metric ? metric : str_eq(proto, "dhcpv6") ? "512" : "0";
}

static const char *device_of(const struct uci_section *sec)
{
	const char *device = sec->option[UCI_DEVICE];

	return device ? device : sec->option[UCI_IFNAME];
}

/* netifd replaces a default route by the next one of the same metric. */
static void note_lost_default(struct setup *s, const struct uci *u, const struct uci_section *sec,
			      bool ip6)
{
	const char *metric = default_metric(sec, ip6);

	for (const struct uci_section *other = u->v; metric && other < u->v + u->n; other++) {
		const char *same = default_metric(other, ip6), *device = device_of(other);

		/* Of two wanted sections, the first one tells. */
		if (!str_eq(metric, same) || other == sec || (other->wanted && other < sec) ||
		    !device || str_eq(device, device_of(sec)) ||
		    !conf_net_named(s->whole, device))
			continue;
		report_note(s->report, NOTE_WARNING, "network",
			    "give one of them an option metric in the container, or remove a "
			    "gateway",
			    CONFIG " has two IPv%c default routes with the same metric, of %s and "
			    "%s; one of them is lost",
			    ip6 ? '6' : '4', sec->name, other->name ? other->name : device);
	}
}

static void note_limits(struct setup *s, const struct uci *u, const struct net *net)
{
	if (strchr(net->name, '.'))
		report_note(s->report, NOTE_WARNING, "network",
			    "give the interface a name without a dot",
			    "netifd takes the name %s for a VLAN, and does not configure the "
			    "interface", net->name);
	for (size_t i = 0; i < u->n; i++)
		if (u->v[i].wanted && has_device(&u->v[i], net->name)) {
			note_lost_default(s, u, &u->v[i], false);
			note_lost_default(s, u, &u->v[i], true);
		}
}

static char *uci_text(struct setup *s, struct uci *u)
{
	struct buf b = BUF_INIT;

	buf_clear(&b);
	for (size_t i = 0; i < u->n; i++) {
		struct uci_section *sec = &u->v[i];

		/* Drop an unchanged section of pct that the config does not need any more. */
		if (sec->type && !sec->wanted && is_ours(s, sec))
			continue;
		/* A file written by hand may have no blank line at its end. */
		if (i > 0 && b.len > 1 && b.s[b.len - 2] != '\n' && sec->type)
			buf_addc(&b, '\n');
		buf_add(&b, sec->text);
	}
	return buf_detach(&b);
}

/* Takes a port out of the bridges of an image, where no administrator has put it. */
static void release_port(struct setup *s, struct uci *u, const char *device)
{
	for (size_t i = 0; i < u->n; i++) {
		struct uci_section *sec = &u->v[i];
		struct buf b = BUF_INIT;

		if (!str_eq(sec->type, "device") || !has_port(sec, device))
			continue;
		buf_clear(&b);
		for (const char *line = sec->text; *line;) {
			size_t len = strcspn(line, "\n");
			autostrv char **words = uci_split_line(line, len);

			if (!words || !str_eq(words[0], "list") || !str_eq(words[1], "ports") ||
			    !str_eq(words[2], device))
				buf_addf(&b, "%.*s\n", (int)len, line);
			line += len + (line[len] == '\n');
		}
		report_note(s->report, NOTE_INFO, "network", NULL,
			    CONFIG " of the template made %s a port of %s; it is one no more, as "
			    "it has addresses of the config",
			    device, sec->option[UCI_NAME] ? sec->option[UCI_NAME] : "a bridge");
		uci_set_text(sec, buf_detach(&b));
	}
}

static int render(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	struct uci u = { 0 };
	int n = tree_read_optional(s->tree, CONFIG, &old, e);
	bool wanted = false;

	if (n < 0)
		return n;
	uci_parse(&u, old ? old : loopback);
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		if (s->phase == PHASE_CREATE)
			release_port(s, &u, net->name);
		place_net(s, &u, net, device_key(s, &u));
		wanted = true;
	}
	override_leases(s, &u);
	for (size_t i = 0; i < s->conf->n_nets; i++)
		if (net_is_configured(&s->conf->nets[i]))
			note_limits(s, &u, &s->conf->nets[i]);
	new = uci_text(s, &u);
	uci_done(&u);
	if (!old && !wanted)
		return 0;
	n = tree_mkdir(s->tree, "/etc/config", 0755, e);
	return n < 0 ? n : tree_write(s->tree, CONFIG, new, 0, ROOTFS_REPLACE_LINK, e);
}

/*
 * Finds another section of the device, which would add its addresses, or a bridge with the device
 * as port.  A DHCPv6 section is not one: pct uses it if IPv6 is configured.
 */
static char *claims(struct setup *s, const char *ifname)
{
	autofree char *text = NULL;
	struct uci u = { 0 };
	char *found = NULL;

	if (tree_read_optional(s->tree, CONFIG, &text, NULL) < 0 || !text)
		return NULL;
	uci_parse(&u, text);
	for (size_t i = 0; !found && i < u.n; i++) {
		const struct uci_section *sec = &u.v[i];
		const char *name = sec->name ? sec->name : "without a name";
		const char *bridge = sec->option[UCI_NAME];

		if (has_port(sec, ifname) && !has_device(sec, ifname))
			found = xasprintf(CONFIG " (bridge %s)", bridge ? bridge : name);
		else if (has_device(sec, ifname) && !is_ours(s, sec) &&
			 !str_eq(sec->option[UCI_PROTO], "dhcpv6"))
			found = xasprintf(CONFIG " (interface %s)", name);
	}
	uci_done(&u);
	return found;
}

static const char *const dhcp4_clients[] = { "udhcpc", NULL };
static const char *const dhcp6_clients[] = { "odhcp6c", NULL };

const struct renderer renderer_uci = {
	.name = "netifd",
	.files = "/etc/config/network",
	.stands_alone = true,
	.enable = "/etc/init.d/network enable",
	.dhcp4_clients = dhcp4_clients,
	.dhcp6_clients = dhcp6_clients,
	.probe = probe,
	.render = render,
	.claims = claims,
};
