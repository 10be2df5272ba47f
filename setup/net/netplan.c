/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * netplan: one file for all interfaces, netplan(5), from which a generator makes files for
 * systemd-networkd or NetworkManager.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/family/family.h"
#include "setup/managed.h"
#include "setup/net/networkd-dns.h"
#include "setup/net/read-back.h"
#include "setup/net/renderer.h"
#include "setup/net/wait-online.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"

/* netplan merges files in the order of names; later values win. */
#define FILE_NAME "/etc/netplan/90-pct.yaml"

/* ---- finding netplan and its back end ---- */

static const char *find_first(struct tree *t, const char *const *paths)
{
	for (; *paths; paths++)
		if (tree_is_exec(t, *paths))
			return *paths;
	return NULL;
}

static const char *find_generator(struct tree *t)
{
	static const char *const paths[] = { "/usr/lib/systemd/system-generators/netplan",
					     "/lib/systemd/system-generators/netplan", NULL };

	return find_first(t, paths);
}

/* "networkd" or "NetworkManager": the enabled one, else the one that netplan would start. */
static const char *find_backend(struct setup *s)
{
	static const char *const networkd[] = { "/usr/lib/systemd/systemd-networkd",
						"/lib/systemd/systemd-networkd", NULL };
	enum service_state state = service_unit(s, "systemd-networkd.service");
	bool has_networkd = find_first(s->tree, networkd) && state != SERVICE_MASKED;
	bool has_manager = program_is_there(s->tree, "NetworkManager") &&
			   service_unit(s, "NetworkManager.service") == SERVICE_ENABLED;

	if (has_networkd && (state == SERVICE_ENABLED || !has_manager))
		return "networkd";
	return has_manager ? "NetworkManager" : NULL;
}

/* Whether the step "template" removes the file. */
static bool goes_away(struct setup *s, const char *path)
{
	return s->phase == PHASE_CREATE && str_eq(path, s->family->template_file);
}

/* The paths of all netplan files; NULL: none. */
static char **list_files(struct setup *s)
{
	static const char *const dirs[] = { "/etc/netplan", "/usr/lib/netplan", "/lib/netplan" };
	char **paths = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autostrv char **entries = NULL;

		if (tree_list(s->tree, dirs[i], &entries, NULL) < 0)
			continue;
		for (char **entry = entries; *entry; entry++) {
			autofree char *path = xasprintf("%s/%s", dirs[i], *entry);

			if (str_ends_with(path, ".yaml") && !goes_away(s, path))
				strv_push(&paths, path);
		}
	}
	return paths;
}

/*
 * With a file, netplan configures the networks.  Without one, it would do so once pct wrote one,
 * but if networkd or NetworkManager are enabled, pct writes their files instead.
 */
static enum consumer_state probe(struct setup *s, char **ret_why)
{
	const char *generator = find_generator(s->tree), *backend;
	autostrv char **files = NULL;

	if (!generator || s->init != INIT_SYSTEMD)
		return CONSUMER_ABSENT;
	backend = find_backend(s);
	if (!backend)
		return CONSUMER_ABSENT;
	files = list_files(s);
	if (files) {
		*ret_why = xasprintf("%s and %s exist", generator, files[0]);
		return CONSUMER_ENABLED;
	}
	*ret_why = xasprintf("%s exists and starts %s", generator, backend);
	return service_unit(s, "systemd-networkd.service") == SERVICE_ENABLED ||
			       service_unit(s, "NetworkManager.service") == SERVICE_ENABLED
		       ? CONSUMER_INSTALLED
		       : CONSUMER_ENABLED;
}

/* ---- the text: each value is an address, a checked name or a constant ---- */

static void add_addresses(struct buf *b, const struct net *net)
{
	const struct net_family *families[] = { &net->ip4, &net->ip6 };
	char text[IP_TEXT_MAX];
	bool first = true;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (size_t j = 0; families[i]->method == IP_STATIC && j < families[i]->n_addresses;
		     j++) {
			const struct cidr *address = &families[i]->address[j];

			if (first)
				buf_add(b, "      addresses:\n");
			first = false;
			buf_addf(b, "        - \"%s/%u\"\n", ip_format(&address->ip, text),
				 address->prefix);
		}
}

struct routes {
	const struct net *net;
	bool is_networkd;
	bool any;
	struct buf *b;
};

/* via NULL: an on-link route. */
static void add_route(struct routes *r, const struct ip *to, unsigned prefix, const struct ip *via)
{
	char text[IP_TEXT_MAX];

	if (!r->any)
		buf_add(r->b, "      routes:\n");
	r->any = true;
	buf_addf(r->b, "        - to: \"%s/%u\"\n", ip_format(to, text), prefix);
	if (!via)
		buf_add(r->b, "          scope: link\n");
	else
		buf_addf(r->b, "          via: \"%s\"\n", ip_format(via, text));
	if (via && onlink_is(r->net, via))
		buf_add(r->b, "          on-link: true\n");
}

static void add_routes_of(struct routes *r, const struct net_family *f, int family)
{
	struct ip hops[ONLINK_MAX], any = { .family = family };
	size_t n = onlink_find(r->net, family, hops);

	/* NetworkManager adds these routes itself, and netplan refuses a scope for it. */
	for (size_t i = 0; r->is_networkd && i < n; i++)
		add_route(r, &hops[i], family == AF_INET ? 32 : 128, NULL);
	if (net_has_gateway(f))
		add_route(r, &any, 0, &f->gateway);
	for (size_t i = 0; i < r->net->n_routes; i++) {
		const struct net_route *route = &r->net->route[i];

		if (route->to.ip.family == family)
			add_route(r, &route->to.ip, route->to.prefix,
				  route->via.family == AF_UNSPEC ? NULL : &route->via);
	}
}

static void add_list(struct buf *b, const char *key, char *const *words)
{
	if (!words || !*words)
		return;
	buf_addf(b, "        %s:\n", key);
	for (; *words; words++)
		buf_addf(b, "          - \"%s\"\n", *words);
}

static bool is_off(const struct net_family *f)
{
	return f->method == IP_NONE || f->method == IP_MANUAL;
}

/*
 * Only for NetworkManager, which refuses name servers of a disabled family.  For networkd,
 * systemd-resolved has its own file (setup/resolver.c).
 */
static void add_dns(struct buf *b, const struct setup *s, const struct net *net)
{
	autostrv char **all = dns_servers_on(s, net->name), **servers = NULL;
	char **search = s->dns.search;

	for (char **server = all; server && *server; server++)
		if (!is_off(strchr(*server, ':') ? &net->ip6 : &net->ip4))
			strv_push(&servers, *server);
	if ((is_off(&net->ip4) && is_off(&net->ip6)) ||
	    (!servers && (!search || !*search)))
		return;
	buf_add(b, "      nameservers:\n");
	add_list(b, "addresses", servers);
	add_list(b, "search", search);
}

/*
 * Whether netplan supports "passthrough" keys for NetworkManager, since 0.102; older versions
 * refuse the whole file.  netplan's list of features is older than that, and may be missing since
 * 1.1.
 */
static bool has_passthrough(struct setup *s)
{
	static const char dir[] = "/usr/share/netplan/netplan";
	autofree char *path = xasprintf("%s/_features.py", dir), *text = NULL;

	if (tree_kind(s->tree, dir) != S_IFDIR)
		return true;
	return tree_read_optional(s->tree, path, &text, NULL) == 0 && text &&
	       strstr(text, "\"activation-mode\"");
}

static void add_passthrough(struct buf *b, struct setup *s, const struct net *net)
{
	const struct net_family *families[] = { &net->ip4, &net->ip6 };
	autobuf keys = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const char *name = i == 0 ? "ipv4" : "ipv6";
		enum ip_method method = families[i]->method;

		if (dns_is_of_config(s) && (method == IP_DHCP || method == IP_AUTO))
			buf_addf(&keys, "          %s.ignore-auto-dns: \"true\"\n", name);
		/* For a disabled family, netplan itself writes "link-local" (IPv4), or leaves IPv6
		 * to the kernel. */
		if (is_off(families[i]))
			buf_addf(&keys, "          %s.method: \"disabled\"\n", name);
	}
	if (!keys.len)
		return;
	if (has_passthrough(s))
		buf_addf(b, "      networkmanager:\n        passthrough:\n%s", keys.s);
	else
		report_note(s->report, NOTE_WARNING, "network",
			    "in the container: update netplan, or install systemd-networkd",
			    "netplan is too old to configure %s completely for NetworkManager",
			    net->name);
}

static void add_net(struct buf *b, struct setup *s, const struct net *net, const char *backend)
{
	struct routes routes = { net, str_eq(backend, "networkd"), false, b };
	bool ra = net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO;
	char text[IP_TEXT_MAX];

	buf_addf(b, "    \"%s\":\n      renderer: %s\n", net->name, backend);
	buf_addf(b, "      dhcp4: %s\n", net->ip4.method == IP_DHCP ? "true" : "false");
	/* For NetworkManager, dhcp6 means its method "auto", which does advertisements, too. */
	buf_addf(b, "      dhcp6: %s\n",
		 net->ip6.method == IP_DHCP || (ra && !routes.is_networkd) ? "true" : "false");
	buf_addf(b, "      accept-ra: %s\n", ra ? "true" : "false");
	if (net->ip6.method == IP_AUTO && net->ip6.token.family == AF_INET6)
		buf_addf(b, "      ipv6-address-token: \"%s\"\n", ip_format(&net->ip6.token, text));
	add_addresses(b, net);
	add_routes_of(&routes, &net->ip4, AF_INET);
	add_routes_of(&routes, &net->ip6, AF_INET6);
	if (routes.is_networkd)
		return;
	add_dns(b, s, net);
	add_passthrough(b, s, net);
}

/* A drop-in for networkd, because only netplan 1.1 and later know ra-overrides, and older versions
 * refuse files with unknown keys. */
static int write_drop_in(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *path = xasprintf("/etc/systemd/network/10-netplan-%s.network.d/pct.conf",
					net->name);
	autobuf b = BUF_INIT, sections = BUF_INIT;

	networkd_dns(&sections, s, net);
	buf_addf(&b, "# Written by pct: the container's config has the name servers.\n%s",
		 buf_str(&sections));
	return sections.len ? managed_write(s, path, buf_str(&b), 0, e) : 0;
}

static int render(struct setup *s, struct err *e)
{
	const char *backend = find_backend(s);
	autobuf b = BUF_INIT;
	bool any = false;
	int n = 0;

	buf_add(&b, "# Written by pct from the container's config.\n"
		    "network:\n  version: 2\n  ethernets:\n");
	for (size_t i = 0; n == 0 && i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		any = true;
		add_net(&b, s, net, backend);
		if (str_eq(backend, "networkd"))
			n = write_drop_in(s, net, e);
	}
	if (n < 0 || !any)
		return n;
	n = managed_write(s, FILE_NAME, buf_str(&b), 0600, e);
	if (n < 0)
		return n;
	return wait_online_limit(s, str_eq(backend, "networkd")
					    ? "systemd-networkd-wait-online.service"
					    : "NetworkManager-wait-online.service", e);
}

/* ---- files of users ---- */

/*
 * Whether the text has a key with the interface's name, a matching "name:", or the name in a list
 * of "interfaces:" of a bridge or bond, in any layout.  "link:" of a VLAN shares the interface.
 */
static bool takes(const char *text, const char *ifname)
{
	autostrv char **lines = strv_split(text, "\n");

	for (char **line = lines; *line; line++) {
		autostrv char **words = NULL;

		(*line)[strcspn(*line, "#")] = '\0';
		words = strv_split(*line, " \t\r{}[],\"'");
		for (char **word = words; *word; word++) {
			size_t len = strlen(*word);

			if (str_eq(*word, "name:") && word[1] && fnmatch(word[1], ifname, 0) == 0)
				return true;
			/* After a quoted key, the colon is a separate word. */
			if ((len && (*word)[len - 1] == ':' && len - 1 == strlen(ifname) &&
			     strncmp(*word, ifname, len - 1) == 0) ||
			    (str_eq(*word, ifname) &&
			     !(word > words && str_eq(word[-1], "link:"))))
				return true;
		}
	}
	return false;
}

static char *claims(struct setup *s, const char *ifname)
{
	autostrv char **files = list_files(s);

	if (!find_generator(s->tree))
		return NULL;
	for (char **path = files; path && *path; path++) {
		autofree char *text = NULL;

		if (str_eq(*path, FILE_NAME) || managed_is_ours(s, *path))
			continue;
		if (tree_read_optional(s->tree, *path, &text, NULL) == 0 && text &&
		    takes(text, ifname))
			return xstrdup(*path);
	}
	return NULL;
}

const struct renderer renderer_netplan = {
	.name = "netplan",
	.files = "/etc/netplan/90-pct.yaml",
	.enable = "write a file into /etc/netplan",
	.probe = probe,
	.render = render,
	.claims = claims,
	.read_back = read_back_netplan,
};
