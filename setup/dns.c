/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the name servers and the search list, from the config, else from the host. */
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/name-check.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/setup-plan.h"
#include "setup/step.h"

static void note(struct setup *s, const char *word, const struct err *e)
{
	report_note(s->report, NOTE_WARNING, "resolv.conf", *e->remedy ? e->remedy : NULL,
		    "\"%s\" is omitted: %s", word, e->cause);
}

/* The valid domains of the config; invalid ones become findings.  NULL: none. */
static char **domains_of_config(struct setup *s)
{
	autostrv char **words = strv_split(s->conf->searchdomain, " ,;\t");
	char **domains = NULL;
	struct err e = { 0 };

	for (char **word = words; *word; word++)
		if (name_check(*word, NAME_DOMAIN, &e) == 0)
			strv_push(&domains, *word);
		else
			note(s, *word, &e);
	return domains;
}

/* The name servers of the config; those that nothing can ask become findings.  NULL: none. */
static char **servers_of_config(struct setup *s)
{
	autostrv char **words = strv_split(s->conf->nameserver, " ,;\t");
	char **servers = NULL;

	for (char **word = words; *word; word++) {
		autofree char *server = NULL;
		struct err e = { 0 };

		if (conf_nameserver_resolve(s->whole, *word, &server, &e) == 0)
			strv_push(&servers, server);
		else
			note(s, *word, &e);
	}
	return servers;
}

static bool is_on_a_link(const char *server)
{
	char zone[ZONE_SIZE];
	struct ip ip;

	return ip_parse_zone(server, &ip, zone, NULL) == 0 && ip.family == AF_INET6 &&
	       ip_is_link_local(&ip);
}

/* The name servers of the host, without link-local ones; those out of reach become findings. */
static char **servers_of_host(struct setup *s, char *const *given)
{
	char **servers = NULL;

	for (char *const *server = given; server && *server; server++) {
		bool omitted = is_on_a_link(*server);

		if (omitted || str_after(*server, "127.") || str_eq(*server, "::1"))
			report_note(s->report, NOTE_WARNING, "resolv.conf",
				    "give the container a name server with --nameserver",
				    "the host's name server %s cannot be reached from the "
				    "container%s", *server,
				    omitted ? ", as its address belongs to an interface of the "
					      "host, and is omitted" : "");
		if (!omitted)
			strv_push(&servers, *server);
	}
	return servers;
}

void dns_find(struct setup *s)
{
	autostrv char **servers = NULL, **search = NULL;

	s->dns.ignored = tree_has_marker(s->tree, RESOLV_CONF);
	resolv_conf_parse(s->facts->resolv_conf, &servers, &search);
	s->domains = s->conf->searchdomain ? domains_of_config(s) : steal(&search);
	if (s->dns.ignored)
		return;
	s->dns.search = s->domains;
	s->dns.servers = s->conf->nameserver ? servers_of_config(s) : servers_of_host(s, servers);
}

bool dns_has_zone(const struct setup *s)
{
	for (char **server = s->dns.servers; server && *server; server++)
		if (strchr(*server, '%'))
			return true;
	return false;
}

char **dns_servers_on(const struct setup *s, const char *name)
{
	char **servers = NULL;

	for (char **server = s->dns.servers; server && *server; server++) {
		autofree char *address = xstrndup(*server, strcspn(*server, "%"));
		const char *zone = strchr(*server, '%');

		if (!zone || str_eq(zone + 1, name))
			strv_push(&servers, address);
	}
	return servers;
}

bool dns_is_of_config(const struct setup *s)
{
	return s->conf->nameserver && s->dns.servers && *s->dns.servers;
}

bool dns_search_is_of_config(const struct setup *s)
{
	return s->conf->searchdomain && s->dns.search && *s->dns.search;
}

bool dns_comes_from_lease(const struct setup *s)
{
	return s->dns.ignored || (!s->conf->nameserver && conf_has_dhcp(s->conf));
}
