/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NetworkManager: one keyfile for each interface, nm-settings-keyfile(5).  The first address and
 * host route have the older form of Proxmox VE, which NetworkManager still reads.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/onlink.h"
#include "setup/managed.h"
#include "setup/net/accept-ra.h"
#include "setup/net/ifcfg-files.h"
#include "setup/net/networkmanager-unmanaged.h"
#include "setup/net/read-back.h"
#include "setup/net/renderer.h"
#include "setup/net/wait-online.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"

#define DIR "/etc/NetworkManager/system-connections"

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	autofree char *program = program_find(s->tree, "NetworkManager");
	/* The service is networkmanager on Alpine, NetworkManager on Void and Gentoo. */
	bool enabled = service_state(s, "NetworkManager") == SERVICE_ENABLED ||
		       service_state(s, "networkmanager") == SERVICE_ENABLED;

	if (!program)
		return CONSUMER_ABSENT;
	*ret_why = xasprintf("%s exists, %s", program,
			     enabled ? "it is started at boot" : "it is not started at boot");
	return enabled ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

/*
 * Versions before 1.20 refuse a file with ipv6.method=disabled.  The name of the plugin folder has
 * the version; without such a folder, a newer version is assumed.
 */
static const char *disabled_word(struct setup *s, int family)
{
	static const char *const dirs[] = { "/usr/lib/NetworkManager", "/usr/lib64/NetworkManager",
					    "/usr/lib/x86_64-linux-gnu/NetworkManager",
					    "/usr/lib/aarch64-linux-gnu/NetworkManager" };

	for (size_t i = 0; family == AF_INET6 && i < ARRAY_SIZE(dirs); i++) {
		autostrv char **entries = NULL;

		if (tree_list(s->tree, dirs[i], &entries, NULL) < 0)
			continue;
		for (char **entry = entries; *entry; entry++) {
			const char *minor = str_after(*entry, "1.");

			if (minor && isdigit((unsigned char)*minor) &&
			    strtoul(minor, NULL, 10) < 20)
				return "ignore";
		}
	}
	return "disabled";
}

/* ---- the text ---- */

/* A UUID of version 8 (RFC 9562), derived from container and interface. */
static char *make_uuid(const struct conf *conf, const struct net *net)
{
	autofree char *seed = xasprintf("pct %u %s", conf->ctid, net->name);
	uint64_t a = hash_text(seed, strlen(seed)), b = hash_text(seed + 1, strlen(seed) - 1);

	return xasprintf("%08x-%04x-8%03x-%04x-%012llx", (unsigned)(a >> 32),
			 (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
			 (unsigned)(b >> 48 & 0x3fff) | 0x8000,
			 (unsigned long long)(b & 0xffffffffffff));
}

static bool uuid_valid(const char *s)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == 'x' ? !isxdigit((unsigned char)s[i]) : s[i] != '-')
			return false;
	return !s[sizeof shape - 1];
}

/* The UUID of the existing file, which NetworkManager uses as key for leases and time stamps. */
static char *find_uuid(struct setup *s, const struct net *net, const char *path)
{
	autofree char *old = NULL;

	if (tree_read_optional(s->tree, path, &old, NULL) == 0 && old) {
		autostrv char **lines = strv_split(old, "\r\n");

		for (char **line = lines; *line; line++) {
			const char *uuid = str_after(*line, "uuid=");

			if (uuid && uuid_valid(uuid))
				return xstrdup(uuid);
		}
	}
	return make_uuid(s->conf, net);
}

static const char *method_of(struct setup *s, const struct net_family *f, int family)
{
	switch (f->method) {
	case IP_STATIC:
		return "manual";
	/* For IPv6, "auto" includes DHCPv6 if advertisements request it; "dhcp" sets no router. */
	case IP_DHCP:
	case IP_AUTO:
		return "auto";
	default:
		return disabled_word(s, family);
	}
}

static void add_addresses(struct buf *b, const struct net_family *f, int family)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < f->n_addresses; i++) {
		if (i == 0)
			buf_add(b, family == AF_INET ? "addresses" : "address");
		else
			buf_addf(b, "address%zu", i + 1);
		buf_addf(b, "=%s/%u\n", ip_format(&f->address[i].ip, text), f->address[i].prefix);
	}
	if (net_has_gateway(f))
		buf_addf(b, "gateway=%s\n", ip_format(&f->gateway, text));
}

static void add_routes(struct buf *b, const struct net *net, int family)
{
	struct ip hops[ONLINK_MAX];
	size_t n = onlink_find(net, family, hops), number = 1;
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < n; i++, number++)
		buf_addf(b, "route%zu=%s/%u\n", number, ip_format(&hops[i], text),
			 family == AF_INET ? 32 : 128);
	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *route = &net->route[i];

		if (route->to.ip.family != family)
			continue;
		buf_addf(b, "route%zu=%s/%u", number++, ip_format(&route->to.ip, text),
			 route->to.prefix);
		if (route->via.family != AF_UNSPEC)
			buf_addf(b, ",%s", ip_format(&route->via, text));
		buf_addc(b, '\n');
	}
}

/* Items end in ';': NetworkManager silently ignores items that are separated by ','. */
static void add_dns(struct setup *s, struct buf *b, const char *name, const struct net_family *f,
		    int family)
{
	autostrv char **all = dns_servers_on(s, name), **servers = NULL;
	autofree char *list = NULL, *search = strv_join(s->dns.search, ";");

	for (char **server = all; server && *server; server++)
		if ((strchr(*server, ':') ? AF_INET6 : AF_INET) == family)
			strv_push(&servers, *server);
	list = strv_join(servers, ";");
	if (*list)
		buf_addf(b, "dns=%s\n", list);
	if (*search)
		buf_addf(b, "dns-search=%s\n", search);
	/* systemd-resolved does not get the servers of [global-dns]. */
	if (f->method != IP_STATIC && dns_is_of_config(s))
		buf_add(b, "ignore-auto-dns=true\n");
}

static void add_family(struct setup *s, struct buf *b, const struct net *net, int family)
{
	const struct net_family *f = family == AF_INET6 ? &net->ip6 : &net->ip4;
	char text[IP_TEXT_MAX];

	buf_addf(b, "[%s]\nmethod=%s\n", family == AF_INET ? "ipv4" : "ipv6",
		 method_of(s, f, family));
	if (f->method == IP_STATIC)
		add_addresses(b, f, family);
	if (f->method == IP_NONE || f->method == IP_MANUAL) {
		network_note_routes(s, net, family);
		return;
	}
	if (f->method == IP_AUTO && f->token.family == AF_INET6)
		buf_addf(b, "addr-gen-mode=eui64\ntoken=%s\n", ip_format(&f->token, text));
	add_routes(b, net, family);
	add_dns(s, b, net->name, f, family);
}

/* ---- files of users ---- */

enum claim { CLAIM_NONE, CLAIM_ANY, CLAIM_EXACT };

static enum claim claim_of(const char *text, const char *ifname)
{
	autostrv char **lines = strv_split(text, "\r\n");
	enum claim claim = CLAIM_NONE;

	for (char **line = lines; *line; line++) {
		const char *type = str_after(*line, "type="),
			   *name = str_after(*line, "interface-name=");

		if (name)
			return str_eq(name, ifname) ? CLAIM_EXACT : CLAIM_NONE;
		if (str_after(*line, "autoconnect=false"))
			return CLAIM_NONE;
		if (type && (str_eq(type, "ethernet") || str_eq(type, "802-3-ethernet")))
			claim = CLAIM_ANY;
	}
	return claim;
}

/* The first file with the strongest claim to the interface; the caller frees. */
static char *find_claim(struct setup *s, const char *ifname, enum claim *ret)
{
	static const char *const dirs[] = { DIR, "/usr/lib/NetworkManager/system-connections" };
	autofree char *ours = xasprintf(DIR "/%s.nmconnection", ifname);
	char *found = NULL;

	*ret = CLAIM_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autostrv char **entries = NULL;

		if (tree_list(s->tree, dirs[i], &entries, NULL) < 0)
			continue;
		for (char **entry = entries; *entry; entry++) {
			autofree char *path = xasprintf("%s/%s", dirs[i], *entry), *text = NULL;
			enum claim claim;

			if (str_eq(path, ours) || managed_is_ours(s, path) ||
			    tree_read_optional(s->tree, path, &text, NULL) < 0 || !text)
				continue;
			claim = claim_of(text, ifname);
			if (claim > *ret) {
				free(found);
				found = steal(&path);
				*ret = claim;
			}
		}
	}
	return found;
}

/* NULL if NetworkManager prefers ifcfg files: then the other renderer writes them. */
static char *find_ifcfg(struct setup *s, const char *ifname)
{
	return ifcfg_plugin(s) == IFCFG_PLUGIN_READS ? ifcfg_find(s, ifname, NULL) : NULL;
}

/* Profiles without an interface, and those in ifcfg files, have a lower rank than pct's. */
static char *claims(struct setup *s, const char *ifname)
{
	enum claim claim;
	autofree char *path = find_claim(s, ifname, &claim);

	if (s->renderer != &renderer_networkmanager)
		return path ? steal(&path) : find_ifcfg(s, ifname);
	return claim == CLAIM_EXACT ? steal(&path) : NULL;
}

static void remove_ifcfg(struct setup *s, const char *ifname)
{
	for (;;) {
		autofree char *path = find_ifcfg(s, ifname);

		if (!path || tree_unlink(s->tree, path, 0, NULL) < 0 ||
		    tree_lkind(s->tree, path) != 0)
			return;
	}
}

/*
 * Whether NetworkManager reads an ifcfg file of the interface beside pct's file.  Of two profiles
 * of the same rank, it uses the last active one, which in a migrated container is the ifcfg file. 
 * In a new template, which has no administrator yet, the file is removed.
 */
static bool is_rivalled(struct setup *s, const char *ifname)
{
	autofree char *path = NULL;

	if (s->phase == PHASE_CREATE)
		remove_ifcfg(s, ifname);
	path = find_ifcfg(s, ifname);
	if (path)
		report_note(s->report, NOTE_INFO, "network", "remove it if you do not need it",
			    "%s also configures %s; the file that pct writes takes precedence",
			    path, ifname);
	return path;
}

static int render_net(struct setup *s, const struct net *net, struct err *e)
{
	autofree char *path = xasprintf(DIR "/%s.nmconnection", net->name);
	autofree char *uuid = find_uuid(s, net, path);
	enum claim claim;
	autobuf b = BUF_INIT;

	buf_addf(&b, "[connection]\nid=%s\nuuid=%s\ntype=ethernet\ninterface-name=%s\n", net->name,
		 uuid, net->name);
	free(find_claim(s, net->name, &claim));
	if (is_rivalled(s, net->name) || claim == CLAIM_ANY)
		buf_add(&b, "autoconnect-priority=999\n");
	add_family(s, &b, net, AF_INET);
	add_family(s, &b, net, AF_INET6);
	return managed_write(s, path, buf_str(&b), 0600, e);
}

static void note_unmanaged(struct setup *s, const struct net *net)
{
	autofree char *path = nm_unmanaged_by(s, net);

	if (path)
		report_note(s->report, NOTE_WARNING, "network",
			    "remove the interface from that file in the container",
			    "%s tells NetworkManager to ignore %s; the file that pct writes has no "
			    "effect",
			    path, net->name);
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
		note_unmanaged(s, net);
		n = render_net(s, net, e);
	}
	/* "ignore" leaves advertisements to the kernel. */
	if (n == 0 && str_eq(disabled_word(s, AF_INET6), "ignore"))
		n = accept_ra_write(s, e);
	if (n < 0 || !any)
		return n;
	return wait_online_limit(s, "NetworkManager-wait-online.service", e);
}

const struct renderer renderer_networkmanager = {
	.name = "NetworkManager",
	.files = "/etc/NetworkManager/system-connections/*.nmconnection",
	.takes_all = true,
	.enable = "systemctl enable NetworkManager",
	.probe = probe,
	.render = render,
	.claims = claims,
	.read_back = read_back_nm,
};
