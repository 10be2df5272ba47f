/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readers of all formats that can be read back: setup/net/read-back.h. */
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/net/ifupdown/ifupdown-file.h"
#include "setup/net/networkd-match.h"
#include "setup/net/read-back.h"
#include "setup/step.h"

static char *read_text(struct setup *s, const char *path)
{
	char *text = NULL;

	return tree_read_optional(s->tree, path, &text, NULL) == 0 ? text : NULL;
}

static bool is_true(const char *value)
{
	bool b = false;

	return parse_bool(value, &b) && b;
}

/* Adds an address with a separate prefix, which is a netmask or a number. */
static void add_masked(struct net *net, const char *address, const char *mask)
{
	autofree char *whole = xasprintf("%s/%s", address, mask);
	struct ip ip;
	uint64_t bits;

	if (ip_parse(mask, AF_INET, &ip, NULL) == 0) {
		free(whole);
		for (bits = 0; bits < 32 && (ip.byte[bits / 8] & (0x80 >> bits % 8)); bits++)
			;
		whole = xasprintf("%s/%u", address, (unsigned)bits);
	}
	read_back_address(net, whole);
}

/* ---- /etc/network/interfaces ---- */

static enum ip_method method_of(const char *word)
{
	return str_eq(word, "static") ? IP_STATIC
	       : str_eq(word, "dhcp") ? IP_DHCP
	       : str_eq(word, "auto") ? IP_AUTO : IP_MANUAL;
}

/* "post-up ip addr add A dev X", "post-up ip route add TO [via G] dev X" */
static void take_command(struct net *net, char *const *w)
{
	size_t n = strv_len(w);

	if (n < 5 || !(str_eq(w[0], "up") || str_eq(w[0], "post-up")) || !str_eq(w[1], "ip") ||
	    !str_eq(w[3], "add"))
		return;
	if (str_after("address", w[2]))
		read_back_address(net, w[4]);
	else if (str_eq(w[2], "route"))
		read_back_route(net, w[4], n > 6 && str_eq(w[5], "via") ? w[6] : NULL);
}

static void take_stanza(struct net *net, const struct interfaces_file *f, size_t first)
{
	char *const *head = f->line[first].words;
	struct net_family *family = str_eq(head[2], "inet6") ? &net->ip6 : &net->ip4;
	size_t last = interfaces_stanza_last(f, first);
	const char *address = NULL, *mask = NULL;

	if (family->method == IP_NONE || family->method == IP_MANUAL)
		family->method = method_of(head[3]);
	for (size_t i = first + 1; i <= last; i++) {
		char *const *w = f->line[i].words;

		if (f->line[i].kind != LINE_OPTION || !w[0] || !w[1])
			continue;
		if (str_eq(w[0], "address"))
			address = w[1];
		else if (str_eq(w[0], "netmask"))
			mask = w[1];
		else if (str_eq(w[0], "gateway"))
			read_back_gateway(net, w[1]);
		else
			take_command(net, w);
	}
	if (address && mask && !strchr(address, '/'))
		add_masked(net, address, mask);
	else if (address)
		read_back_address(net, address);
}

bool read_back_ifupdown(struct setup *s, struct net *net, char **ret_path)
{
	static const char path[] = "/etc/network/interfaces";
	autofree char *text = read_text(s, path);
	struct interfaces_file f = { 0 };
	bool found = false;

	if (!text || interfaces_is_huge(text))
		return false;
	interfaces_read(&f, text);
	for (size_t i = 0; i < f.n; i++)
		if (interfaces_is_iface(&f.line[i]) && str_eq(f.line[i].words[1], net->name)) {
			take_stanza(net, &f, i);
			found = true;
		}
	interfaces_free(&f);
	if (found)
		*ret_path = xstrdup(path);
	return found;
}

/* ---- systemd.network(5) ---- */

struct networkd_reader {
	struct net *net;
	char *to, *via; /* of the current [Route] */
};

static void end_route(struct networkd_reader *r)
{
	if (r->to || r->via)
		read_back_route(r->net, r->to ? r->to : "default", r->via);
	free(r->to);
	free(r->via);
	r->to = r->via = NULL;
}

static void take_dhcp(struct net *net, const char *value)
{
	bool both = is_true(value) || str_eq(value, "both");

	if (both || str_eq(value, "ipv4"))
		net->ip4.method = IP_DHCP;
	if (both || str_eq(value, "ipv6"))
		net->ip6.method = IP_DHCP;
}

static void take_networkd(void *arg, const char *section, const char *key, char *value)
{
	struct networkd_reader *r = arg;

	if (!*key) {
		end_route(r);
	} else if (str_eq(section, "Route")) {
		if (str_eq(key, "Destination") || str_eq(key, "Gateway")) {
			char **field = str_eq(key, "Gateway") ? &r->via : &r->to;

			free(*field);
			*field = xstrdup(value);
		}
	} else if (str_eq(key, "Address")) {
		read_back_address(r->net, value);
	} else if (!str_eq(section, "Network")) {
		return;
	} else if (str_eq(key, "Gateway")) {
		read_back_gateway(r->net, value);
	} else if (str_eq(key, "DHCP")) {
		take_dhcp(r->net, value);
	} else if (str_eq(key, "IPv6AcceptRA") && is_true(value) && r->net->ip6.method == IP_NONE) {
		r->net->ip6.method = IP_AUTO;
	}
}

bool read_back_networkd(struct setup *s, struct net *net, char **ret_path)
{
	struct networkd_reader r = { .net = net };
	autofree char *path = networkd_file(s, conf_net_named(s->conf, net->name));
	autofree char *text = path ? read_text(s, path) : NULL;

	if (!text)
		return false;
	read_back_ini(text, take_networkd, &r);
	end_route(&r);
	*ret_path = steal(&path);
	return true;
}

/* ---- NetworkManager's keyfiles ---- */

/* "10.0.0.0/8,10.0.0.1,100" */
static void take_nm_list(struct net *net, const char *value, bool is_route)
{
	autostrv char **words = strv_split(value, ",; ");

	if (!words || !words[0])
		return;
	if (is_route)
		read_back_route(net, words[0], words[1]);
	else
		read_back_address(net, words[0]);
	if (!is_route && words[1])
		read_back_gateway(net, words[1]);
}

static void take_nm(void *arg, const char *section, const char *key, char *value)
{
	struct net *net = arg;
	bool v6 = str_eq(section, "ipv6");
	struct net_family *f = v6 ? &net->ip6 : &net->ip4;

	if (!v6 && !str_eq(section, "ipv4"))
		return;
	if (str_eq(key, "method") && str_eq(value, "auto"))
		f->method = v6 ? IP_AUTO : IP_DHCP;
	else if (str_eq(key, "method") && str_eq(value, "dhcp"))
		f->method = IP_DHCP;
	else if (str_eq(key, "method") && !str_eq(value, "manual"))
		f->method = IP_MANUAL;
	else if (str_eq(key, "gateway"))
		read_back_gateway(net, value);
	else if (str_after(key, "address"))
		take_nm_list(net, value, false);
	else if (str_after(key, "route") && !strchr(key, '-') && !strchr(key, '_'))
		take_nm_list(net, value, true);
}

bool read_back_nm(struct setup *s, struct net *net, char **ret_path)
{
	autofree char *path = xasprintf(
		"/etc/NetworkManager/system-connections/%s.nmconnection", net->name);
	autofree char *text = read_text(s, path);

	if (!text)
		return false;
	read_back_ini(text, take_nm, net);
	*ret_path = steal(&path);
	return true;
}

/* ---- ifcfg-IFACE ---- */

struct ifcfg_reader {
	struct net *net;
	/* By number: IPADDR2 and PREFIX2 belong together; index 0 is for IPADDR. */
	char *address[CONF_MAX_ADDRESSES], *mask[CONF_MAX_ADDRESSES];
};

static void keep_numbered(char *to[CONF_MAX_ADDRESSES], const char *number, const char *value)
{
	uint64_t n = 0;

	if (*number && !parse_uint(number, 0, CONF_MAX_ADDRESSES - 1, &n))
		return;
	free(to[n]);
	to[n] = xstrdup(value);
}

static void take_ifcfg(void *arg, const char *section, const char *key, char *value)
{
	struct ifcfg_reader *r = arg;
	struct net *net = r->net;
	const char *number;

	(void)section;
	if (*value == '"' || *value == '\'') {
		value++;
		value[strcspn(value, "\"'")] = '\0';
	}
	if ((number = str_after(key, "IPADDR")))
		keep_numbered(r->address, number, value);
	else if ((number = str_after(key, "PREFIX")) || (number = str_after(key, "NETMASK")))
		keep_numbered(r->mask, number, value);
	else if (str_eq(key, "BOOTPROTO"))
		net->ip4.method = str_eq(value, "dhcp") ? IP_DHCP : IP_MANUAL;
	else if (str_eq(key, "GATEWAY") || str_eq(key, "IPV6_DEFAULTGW"))
		read_back_gateway(net, value);
	else if (str_eq(key, "DHCPV6C") && is_true(value))
		net->ip6.method = IP_DHCP;
	else if (str_eq(key, "IPV6_AUTOCONF") && net->ip6.method == IP_NONE)
		net->ip6.method = is_true(value) ? IP_AUTO : IP_MANUAL;
	else if (str_eq(key, "IPV6ADDR") || str_eq(key, "IPV6ADDR_SECONDARIES")) {
		autostrv char **words = strv_split(value, " \t");

		for (char **word = words; word && *word; word++)
			read_back_address(net, *word);
	}
}

/* Reads lines of arguments for "ip route add". */
static void take_route_file(struct net *net, const char *text)
{
	autostrv char **lines = strv_split(text, "\r\n");

	for (char **line = lines; line && *line; line++) {
		autostrv char **w = strv_split(*line, " \t");

		if (w && w[0] && w[0][0] != '#')
			read_back_route(net, w[0],
					w[1] && w[2] && str_eq(w[1], "via") ? w[2] : NULL);
	}
}

bool read_back_ifcfg(struct setup *s, struct net *net, char **ret_path)
{
	static const char dir[] = "/etc/sysconfig/network-scripts";
	autofree char *path = xasprintf("%s/ifcfg-%s", dir, net->name);
	autofree char *path4 = xasprintf("%s/route-%s", dir, net->name);
	autofree char *path6 = xasprintf("%s/route6-%s", dir, net->name);
	autofree char *text = read_text(s, path), *routes4 = read_text(s, path4);
	autofree char *routes6 = read_text(s, path6);
	struct ifcfg_reader r = { .net = net };

	if (!text)
		return false;
	read_back_ini(text, take_ifcfg, &r);
	for (size_t i = 0; i < CONF_MAX_ADDRESSES; i++) {
		if (r.address[i])
			add_masked(net, r.address[i], r.mask[i] ? r.mask[i] : "32");
		free(r.address[i]);
		free(r.mask[i]);
	}
	if (routes4)
		take_route_file(net, routes4);
	if (routes6)
		take_route_file(net, routes6);
	*ret_path = steal(&path);
	return true;
}

/* ---- netplan(5): only in pct's layout, with one or two words a line ---- */

struct netplan_reader {
	struct net *net;
	size_t indent;   /* of the interface's name */
	bool inside;     /* within the interface's mapping */
	char *list;      /* key of the current list */
	char *to, *via;
};

static void end_netplan_route(struct netplan_reader *r)
{
	if (r->to)
		read_back_route(r->net, r->to, r->via);
	free(r->to);
	free(r->via);
	r->to = r->via = NULL;
}

static void take_netplan_key(struct netplan_reader *r, char *const *w)
{
	struct net *net = r->net;
	char **field = str_eq(w[0], "to:") ? &r->to : str_eq(w[0], "via:") ? &r->via : NULL;

	if (field) {
		free(*field);
		*field = xstrdup(w[1]);
	} else if (!w[1]) {
		free(r->list);
		r->list = xstrdup(w[0]);
	} else if (str_eq(w[0], "dhcp4:") && is_true(w[1])) {
		net->ip4.method = IP_DHCP;
	} else if (str_eq(w[0], "dhcp6:") && is_true(w[1])) {
		net->ip6.method = IP_DHCP;
	} else if (str_eq(w[0], "accept-ra:") && is_true(w[1]) && net->ip6.method == IP_NONE) {
		net->ip6.method = IP_AUTO;
	} else if (str_eq(w[0], "gateway4:") || str_eq(w[0], "gateway6:")) {
		read_back_gateway(net, w[1]);
	}
}

static void take_netplan_line(struct netplan_reader *r, const char *line)
{
	autostrv char **words = strv_split(line, " \t\r\"'");
	autofree char *key = xasprintf("%s:", r->net->name);
	size_t indent = strspn(line, " ");
	char *const *w = words;

	if (!w || !w[0] || w[0][0] == '#')
		return;
	if (r->inside && indent <= r->indent)
		r->inside = false;
	/* After a quoted key, the colon is a separate word. */
	if (str_eq(w[0], key) || (str_eq(w[0], r->net->name) && str_eq(w[1], ":"))) {
		r->indent = indent;
		r->inside = true;
	} else if (r->inside && !str_eq(w[0], "-")) {
		take_netplan_key(r, w);
	} else if (r->inside && w[1]) {
		end_netplan_route(r);
		if (str_eq(r->list, "addresses:"))
			read_back_address(r->net, w[1]);
		else if (str_eq(r->list, "routes:"))
			take_netplan_key(r, w + 1);
	}
}

bool read_back_netplan(struct setup *s, struct net *net, char **ret_path)
{
	static const char path[] = "/etc/netplan/90-pct.yaml";
	autofree char *text = read_text(s, path);
	autostrv char **lines = text ? strv_split(text, "\n") : NULL;
	struct netplan_reader r = { .net = net };

	for (char **line = lines; line && *line; line++)
		take_netplan_line(&r, *line);
	end_netplan_route(&r);
	free(r.list);
	if (!text || !net_is_configured(net))
		return false;
	*ret_path = xstrdup(path);
	return true;
}
