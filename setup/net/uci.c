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
#include "lib/conf/onlink.h"
#include "setup/managed.h"
#include "setup/net/renderer.h"
#include "setup/services.h"
#include "setup/step.h"

#define CONFIG "/etc/config/network"

static const char *const our_options[] = { "device", "ifname", "proto", "ipaddr", "netmask",
					   "gateway", "ip6addr", "ip6gw", "dns", "dns_search",
					   "reqaddress", "reqprefix", "ifaceid", "interface",
					   "target", "onlink" };

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

/* ---- the file as sections ---- */

/* The options that are read, and compared with networks. */
enum key { KEY_DEVICE, KEY_IFNAME, KEY_NAME, KEY_PROTO, KEY_TYPE, KEYS };

struct section {
	char *type, *name; /* name NULL: none */
	char *text;        /* all its lines, including "config ..." */
	char *option[KEYS], **ports; /* values; NULL: not set */
	size_t n_ports;
	bool wanted;       /* the config needs it */
};

struct uci {
	struct section *v; /* the first, of type NULL, has the lines before any section */
	size_t n;
};

/* The first three words of a line, without quotes, up to a comment.  No line needs more. */
static char **split_line(const char *line, size_t len)
{
	const char *end = line + len;
	char **words = NULL;

	while (line < end && strv_len(words) < 3) {
		autobuf b = BUF_INIT;
		char quote = 0;

		if (strchr(" \t\r", *line)) {
			line++;
			continue;
		}
		if (*line == '#')
			break;
		buf_clear(&b);
		for (; line < end && (quote || !strchr(" \t\r", *line)); line++) {
			if (quote ? *line == quote : *line == '\'' || *line == '"')
				quote = (char)(quote ? 0 : *line);
			else
				buf_addc(&b, *line);
		}
		strv_push(&words, buf_str(&b));
	}
	return words;
}

static struct section *add_section(struct uci *u, const char *type, const char *name)
{
	u->v = xrealloc(u->v, u->n + 1, sizeof *u->v);
	u->v[u->n] = (struct section){ .type = xstrdup(type), .name = xstrdup(name),
				       .text = xstrdup("") };
	return &u->v[u->n++];
}

/* The first option of each name counts.  All ports of a bridge count: since 21.02, a bridge is a
 * device with ports; before, it is an interface with several names. */
static void take_option(struct section *sec, char **words)
{
	static const char *const names[KEYS] = { [KEY_DEVICE] = "device", [KEY_IFNAME] = "ifname",
						 [KEY_NAME] = "name", [KEY_PROTO] = "proto",
						 [KEY_TYPE] = "type" };

	for (size_t i = 0; str_eq(words[0], "option") && i < KEYS; i++)
		if (str_eq(words[1], names[i]) && !sec->option[i])
			sec->option[i] = xstrdup(words[2]);
	if (words[1] && words[2] &&
	    str_eq(words[1], str_eq(sec->type, "device") ? "ports" : "ifname")) {
		autostrv char **ports = strv_split(words[2], " ");
		size_t n = strv_len(ports), old = sec->n_ports;

		sec->ports = xrealloc(sec->ports, old + n + 1, sizeof *sec->ports);
		memcpy(sec->ports + old, ports, (n + 1) * sizeof *ports);
		sec->n_ports += n;
		free(steal(&ports));
	}
}

static void forget_options(struct section *sec)
{
	for (size_t i = 0; i < KEYS; i++) {
		free(sec->option[i]);
		sec->option[i] = NULL;
	}
	strv_clear(&sec->ports);
	sec->n_ports = 0;
}

/* Takes ownership of text. */
static void set_text(struct section *sec, char *text)
{
	free(sec->text);
	sec->text = text;
	forget_options(sec);
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = split_line(line, len);

		if (words)
			take_option(sec, words);
		line += len + (line[len] == '\n');
	}
}

static char *cut(const char *from, const char *to)
{
	struct buf b = BUF_INIT;

	buf_addn(&b, from, (size_t)(to - from));
	if (b.len && b.s[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	return buf_detach(&b);
}

static void uci_parse(struct uci *u, const char *text)
{
	const char *from = text, *line = text;

	add_section(u, NULL, NULL);
	while (*line) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = split_line(line, len);

		if (words && str_eq(words[0], "config") && words[1]) {
			set_text(&u->v[u->n - 1], cut(from, line));
			add_section(u, words[1], words[2]);
			from = line;
		}
		line += len + (line[len] == '\n');
	}
	set_text(&u->v[u->n - 1], cut(from, line));
}

static void uci_done(struct uci *u)
{
	for (size_t i = 0; i < u->n; i++) {
		free(u->v[i].type);
		free(u->v[i].name);
		free(u->v[i].text);
		forget_options(&u->v[i]);
	}
	free(u->v);
}

/* Whether a line stays.  peerdns: pct also writes the option peerdns. */
static bool is_kept(char **words, bool peerdns)
{
	if (str_eq(words[0], "config") || (peerdns && str_eq(words[1], "peerdns")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(our_options); i++)
		if (str_eq(words[1], our_options[i]))
			return false;
	return true;
}

/* Adds the lines of sec that pct does not write, including comments. */
static void add_kept(struct buf *b, const struct section *sec, bool peerdns)
{
	for (const char *line = sec->text; *line;) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = split_line(line, len);

		if (words ? is_kept(words, peerdns) : line[strspn(line, " \t\r")] == '#')
			buf_addf(b, "%.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static bool has_device(const struct section *sec, const char *device)
{
	const char *now = sec->option[KEY_DEVICE];

	return str_eq(sec->type, "interface") &&
	       str_eq(now ? now : sec->option[KEY_IFNAME], device);
}

static bool has_port(const struct section *sec, const char *device)
{
	return str_eq(sec->option[KEY_TYPE], "bridge") && strv_has(sec->ports, device);
}

static bool is_ours(struct setup *s, const struct section *sec)
{
	return sec->name && managed_part_is_ours(s, CONFIG, sec->name, sec->text);
}

/* ---- the sections of an interface ---- */

static struct section *by_name(struct uci *u, const char *name)
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
		for_ip6 = str_eq(u->v[i].option[KEY_PROTO], "dhcpv6") ||
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
		const char *device = u->v[i].option[KEY_DEVICE];

		if (str_eq(u->v[i].type, "interface") && (device || u->v[i].option[KEY_IFNAME]))
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
	struct section *sec = by_name(u, name);
	struct buf b = BUF_INIT;

	if (!sec)
		sec = add_section(u, type, name);
	buf_addf(&b, "config %s '%s'\n%s", type, name, lines);
	add_kept(&b, sec, dns_is_of_config(s) || is_ours(s, sec));
	buf_addc(&b, '\n');
	set_text(sec, buf_detach(&b));
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
	if (f->token.family != AF_UNSPEC)
		buf_addf(b, "\toption ifaceid '%s'\n", ip_format(&f->token, text));
}

static void add_dns(struct buf *b, const struct setup *s, const char *proto)
{
	const struct dns *dns = &s->dns;

	if (dns_is_of_config(s) && str_after(proto, "dhcp"))
		buf_add(b, "\toption peerdns '0'\n");
	for (char **server = dns->servers; server && *server; server++)
		buf_addf(b, "\tlist dns '%s'\n", *server);
	for (char **domain = dns->search; domain && *domain; domain++)
		buf_addf(b, "\tlist dns_search '%s'\n", *domain);
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
		add_dns(&b, s, proto4);
		place(s, u, "interface", name4, buf_str(&b));
		buf_clear(&b);
	}
	if (proto6 || str_eq(name4, name6)) {
		const char *proto = (proto6 && !both) || only6 ? proto6 : proto4;

		buf_addf(&b, "\toption %s '%s'\n\toption proto '%s'\n", key, net->name, proto);
		if (str_eq(name4, name6))
			add_family(&b, &net->ip4, false);
		add_family(&b, &net->ip6, true);
		add_dns(&b, s, proto);
		place(s, u, "interface", name6, buf_str(&b));
	}
	place_routes(s, u, net, false, name4);
	place_routes(s, u, net, true, name6);
}

static char *uci_text(struct setup *s, struct uci *u)
{
	struct buf b = BUF_INIT;

	buf_clear(&b);
	for (size_t i = 0; i < u->n; i++) {
		struct section *sec = &u->v[i];

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
		place_net(s, &u, net, device_key(s, &u));
		wanted = true;
	}
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
		const struct section *sec = &u.v[i];
		const char *name = sec->name ? sec->name : "without a name";
		const char *bridge = sec->option[KEY_NAME];

		if (has_port(sec, ifname) && !has_device(sec, ifname))
			found = xasprintf(CONFIG " (bridge %s)", bridge ? bridge : name);
		else if (has_device(sec, ifname) && !is_ours(s, sec) &&
			 !str_eq(sec->option[KEY_PROTO], "dhcpv6"))
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
