/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/resolver.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/managed.h"
#include "setup/program.h"
#include "setup/step.h"
#include "setup/text-lines.h"

static bool is_empty(char *const *v)
{
	return !v || !*v;
}

/* ---- systemd-resolved: resolved.conf(5); takes zones since version 231 ---- */

static enum service_state resolved_probe(struct setup *s)
{
	return service_unit(s, "systemd-resolved.service");
}

static int resolved_tell(struct setup *s, struct err *e)
{
	autofree char *servers = strv_join(s->dns.servers, " ");
	autofree char *search = strv_join(s->dns.search, " ");
	autobuf b = BUF_INIT;

	if (!*servers && !*search)
		return 0;
	buf_add(&b, "# Written by pct from the container's config.\n[Resolve]\n");
	if (*servers)
		buf_addf(&b, "DNS=%s\n", servers);
	if (*search)
		buf_addf(&b, "Domains=%s\n", search);
	return managed_write(s, "/etc/systemd/resolved.conf.d/pct.conf", buf_str(&b), 0, e);
}

/* ---- NetworkManager: NetworkManager.conf(5), "global-dns" ---- */

static enum service_state manager_probe(struct setup *s)
{
	enum service_state state = service_state(s, "NetworkManager");

	if (!program_is_there(s->tree, "NetworkManager"))
		return SERVICE_ABSENT;
	return state == SERVICE_ENABLED ? state : service_state(s, "networkmanager");
}

static bool is_off(const struct net_family *f)
{
	return f->method == IP_NONE || f->method == IP_MANUAL;
}

/* Adds a finding for each server that is in the list of no interface. */
static void note_unlisted(struct setup *s)
{
	for (char **server = s->dns.servers; server && *server; server++) {
		const char *zone = strchr(*server, '%');
		bool ip6 = strchr(*server, ':'), listed = false;

		for (size_t i = 0; i < s->conf->n_nets; i++) {
			const struct net *net = &s->conf->nets[i];

			listed |= (!zone || str_eq(zone + 1, net->name)) &&
				  !is_off(ip6 ? &net->ip6 : &net->ip4);
		}
		if (!listed)
			report_note(s->report, NOTE_WARNING, "resolv.conf",
				    ip6 ? "give the network an IPv6 address, or ip6=auto"
					: "give a network an IPv4 address, or ip=dhcp",
				    "NetworkManager does not ask %s, as it has no network with %s "
				    "for it", *server, ip6 ? "IPv6" : "IPv4");
	}
}

/*
 * A keyfile can have only servers of the families of its interface, and NetworkManager adds those
 * of leases.  [global-dns] overrides all of them, but NetworkManager drops a server with a zone
 * from it; in the list of its interface, a link-local server gets the zone.
 */
static int manager_tell(struct setup *s, struct err *e)
{
	autofree char *servers = strv_join(s->dns.servers, ",");
	autofree char *search = strv_join(s->dns.search, ",");
	autobuf b = BUF_INIT;

	if (!s->conf->nameserver || !*servers)
		return 0;
	if (dns_has_zone(s)) {
		note_unlisted(s);
		return 0;
	}
	buf_add(&b, "# Written by pct from the container's config.\n[global-dns]\n");
	if (*search)
		buf_addf(&b, "searches=%s\n", search);
	buf_addf(&b, "\n[global-dns-domain-*]\nservers=%s\n", servers);
	return managed_write(s, "/etc/NetworkManager/conf.d/pct-dns.conf", buf_str(&b), 0, e);
}

/* ---- a section of a file that the resolver reads ---- */

/* Whether there is a resolvconf; systemd's program of that name passes all to systemd-resolved. */
static bool has_resolvconf(struct setup *s)
{
	static const char *const mark = "resolvectl";
	autofree char *path = program_find(s->tree, "resolvconf");

	return path && program_find_mark(s->tree, path, &mark, 1) != 0;
}

/* Debian's resolvconf(8) has a unit. */
static enum service_state resolvconf_probe(struct setup *s)
{
	if (tree_kind(s->tree, "/etc/resolvconf/resolv.conf.d") != S_IFDIR || !has_resolvconf(s))
		return SERVICE_ABSENT;
	return service_state(s, "resolvconf");
}

static int resolvconf_tell(struct setup *s, struct err *e)
{
	autofree char *search = strv_join(s->dns.search, " ");
	autobuf b = BUF_INIT;

	for (char **server = s->dns.servers; server && *server; server++)
		buf_addf(&b, "nameserver %s\n", *server);
	if (*search)
		buf_addf(&b, "search %s\n", search);
	return tree_write_section(s->tree, "/etc/resolvconf/resolv.conf.d/base", buf_str(&b), e);
}

/* openresolv, resolvconf.conf(5), has no service: DHCP clients run it. */
static enum service_state openresolv_probe(struct setup *s)
{
	return tree_kind(s->tree, "/etc/resolvconf.conf") == S_IFREG && has_resolvconf(s)
		       ? SERVICE_ENABLED
		       : SERVICE_ABSENT;
}

static int openresolv_tell(struct setup *s, struct err *e)
{
	autofree char *servers = strv_join(s->dns.servers, " ");
	autofree char *search = strv_join(s->dns.search, " ");
	autobuf b = BUF_INIT;

	if (*servers)
		buf_addf(&b, "name_servers=\"%s\"\n", servers);
	if (*search)
		buf_addf(&b, "search_domains=\"%s\"\n", search);
	return tree_write_section(s->tree, "/etc/resolvconf.conf", buf_str(&b), e);
}

/* ---- SUSE's netconfig(8), run by wicked and by NetworkManager ---- */

#define NETCONFIG "/etc/sysconfig/network/config"

static enum service_state netconfig_probe(struct setup *s)
{
	return program_is_there(s->tree, "netconfig") && tree_kind(s->tree, NETCONFIG) == S_IFREG
		       ? SERVICE_ENABLED
		       : SERVICE_ABSENT;
}

/* The value, without quotes, that lines_assign() would replace; NULL: none. */
static char *find_assignment(const char *text, const char *key)
{
	autostrv char **lines = strv_split(text, "\n");

	for (char **line = lines; *line; line++) {
		const char *rest = str_after(*line + strspn(*line, " \t"), key);

		if (!rest || *rest != '=')
			continue;
		rest += 1 + (rest[1] == '"' || rest[1] == '\'');
		return xstrndup(rest, strcspn(rest, "\"'"));
	}
	return NULL;
}

/*
 * The policy for netconfig(8).  "auto", the default, adds the name servers of a lease after the
 * static ones; "" makes netconfig leave /etc/resolv.conf alone.  Any other policy of the
 * administrator stays.
 */
static char *netconfig_policy(struct setup *s, const char *text)
{
	static const char key[] = "NETCONFIG_DNS_POLICY", only[] = "STATIC";
	autofree char *policy = find_assignment(text, key);
	bool is_static = str_eq(policy, only), is_auto = !policy || str_eq(policy, "auto");

	if (!dns_is_of_config(s))
		return is_static && managed_part_is_ours(s, NETCONFIG, key, only)
			       ? lines_assign(text, key, "\"auto\"") : xstrdup(text);
	if (is_auto || (is_static && managed_part_is_ours(s, NETCONFIG, key, only)))
		managed_part_record(s, NETCONFIG, key, only);
	else if (!is_static && *policy)
		report_note(s->report, NOTE_WARNING, "resolv.conf",
			    "set it to \"STATIC\" in the container",
			    NETCONFIG " has %s=\"%s\", which may add name servers to those of the "
			    "config", key, policy);
	return is_auto ? lines_assign(text, key, "\"STATIC\"") : xstrdup(text);
}

static int netconfig_tell(struct setup *s, struct err *e)
{
	autofree char *servers = strv_join(s->dns.servers, " ");
	autofree char *search = strv_join(s->dns.search, " ");
	autofree char *quoted_servers = xasprintf("\"%s\"", servers);
	autofree char *quoted_search = xasprintf("\"%s\"", search);
	autofree char *old = NULL, *first = NULL, *second = NULL, *new = NULL;
	int n = tree_read_optional(s->tree, NETCONFIG, &old, e);

	if (n < 0 || !old || (is_empty(s->dns.servers) && is_empty(s->dns.search)))
		return n;
	first = lines_assign(old, "NETCONFIG_DNS_STATIC_SERVERS", quoted_servers);
	second = lines_assign(first, "NETCONFIG_DNS_STATIC_SEARCHLIST", quoted_search);
	new = netconfig_policy(s, second);
	return tree_write(s->tree, NETCONFIG, new, 0, ROOTFS_REPLACE_LINK, e);
}

/* ---- OpenWrt: netifd reads /etc/config/network, and dnsmasq gets the servers from netifd ---- */

static enum service_state netifd_probe(struct setup *s)
{
	return s->renderer == &renderer_uci && s->consumer_state == CONSUMER_ENABLED
		       ? SERVICE_ENABLED
		       : SERVICE_ABSENT;
}

static int netifd_tell(struct setup *s, struct err *e)
{
	(void)s;
	(void)e;
	return 0;
}

/*
 * ---- dhclient of ifupdown: the config overrides a lease ----
 *
 * The network step writes the file of dhcpcd: setup/net/dhcp/dhcpcd-conf.h.
 */

static bool config_overrules_lease(const struct setup *s)
{
	return s->renderer == &renderer_ifupdown && conf_has_dhcp(s->conf) &&
	       (dns_is_of_config(s) || dns_search_is_of_config(s));
}

static enum service_state dhclient_probe(struct setup *s)
{
	return config_overrules_lease(s) && program_is_there(s->tree, "dhclient") &&
			       tree_kind(s->tree, "/etc/dhcp") == S_IFDIR
		       ? SERVICE_ENABLED
		       : SERVICE_ABSENT;
}

/*
 * For dhclient-script(8): replaces the function that writes resolv.conf, and sets the variables
 * that later hooks of resolvconf and systemd-resolved use.  Sets the search list only for the
 * family of the run, because the other variable would look like a part of the lease.
 */
static int dhclient_tell(struct setup *s, struct err *e)
{
	static const char path[] = "/etc/dhcp/dhclient-enter-hooks.d/pct";
	autofree char *search = strv_join(s->dns.search, " "), *hook = NULL;

	if (dns_is_of_config(s))
		return managed_write(
			s, path,
			"# Written by pct: the container's config has the name servers.\n"
			"make_resolv_conf() { :; }\n"
			"unset new_domain_name_servers new_domain_name new_domain_search\n"
			"unset new_dhcp6_name_servers new_dhcp6_domain_search\n", 0, e);
	hook = xasprintf("# Written by pct: the container's config has the search list.\n"
			 "unset new_domain_name\n"
			 "case $reason in\n"
			 "*6) new_dhcp6_domain_search=\"%s\" ;;\n"
			 "*) new_domain_search=\"%s\" ;;\n"
			 "esac\n", search, search);
	return managed_write(s, path, hook, 0, e);
}

static const struct resolver resolvers[] = {
	{
		.name = "systemd-resolved",
		.targets = (const char *const[]){ "run/systemd/resolve/",
						  "usr/lib/systemd/resolv.conf",
						  "lib/systemd/resolv.conf", NULL },
		.probe = resolved_probe,
		.tell = resolved_tell,
	},
	{
		.name = "NetworkManager",
		.targets = (const char *const[]){ "run/NetworkManager/", NULL },
		.overwrites = true,
		.probe = manager_probe,
		.tell = manager_tell,
	},
	{
		.name = "resolvconf",
		.targets = (const char *const[]){ "run/resolvconf/", "etc/resolvconf/run/",
						  "resolvconf/run/", NULL },
		.probe = resolvconf_probe,
		.tell = resolvconf_tell,
	},
	{
		.name = "openresolv",
		.targets = (const char *const[]){ NULL },
		.overwrites = true,
		.probe = openresolv_probe,
		.tell = openresolv_tell,
	},
	{
		.name = "netconfig",
		.targets = (const char *const[]){ "run/netconfig/", NULL },
		.overwrites = true,
		.probe = netconfig_probe,
		.tell = netconfig_tell,
	},
	{
		.name = "netifd",
		.targets = (const char *const[]){ "tmp/resolv.conf", NULL },
		.probe = netifd_probe,
		.tell = netifd_tell,
	},
	{
		.name = "dhclient",
		.targets = (const char *const[]){ NULL },
		.overwrites = true,
		.steps_aside = true,
		.probe = dhclient_probe,
		.tell = dhclient_tell,
	},
};

const struct resolver *resolver_of_link(const char *target)
{
	const char *rest;

	while (*target == '/' || str_after(target, "../"))
		target += *target == '/' ? 1 : 3;
	rest = str_after(target, "var/");
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++)
		for (const char *const *p = resolvers[i].targets; *p; p++)
			if (str_after(target, *p) || (rest && str_after(rest, *p)))
				return &resolvers[i];
	return NULL;
}

int resolvers_tell_clients(struct setup *s, struct err *e)
{
	int n = 0;

	for (size_t i = 0; n == 0 && i < ARRAY_SIZE(resolvers); i++)
		if (resolvers[i].steps_aside && resolvers[i].probe(s) == SERVICE_ENABLED)
			n = resolvers[i].tell(s, e);
	return n;
}

int resolvers_tell_writers(struct setup *s, const struct resolver **ret_told, struct err *e)
{
	const struct resolver *told = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++) {
		const struct resolver *r = &resolvers[i];
		int n;

		if (!r->overwrites || r->probe(s) != SERVICE_ENABLED)
			continue;
		n = r->tell(s, e);
		if (n < 0)
			return n;
		if (!told && !r->steps_aside)
			told = r;
	}
	*ret_told = told;
	return 0;
}
