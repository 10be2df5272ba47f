/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the name servers and the search list, from the config, else from the host. */
#include <string.h>

#include "lib/base/name-check.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/setup-plan.h"
#include "setup/step.h"

/* The valid words of a config value; invalid ones become findings.  NULL: none. */
static char **check_words(struct setup *s, const char *value, bool addresses)
{
	char **words = strv_split(value, " ,;\t");
	size_t n = 0;

	for (char **word = words; *word; word++) {
		struct ip ip;

		if (addresses ? ip_parse(*word, AF_UNSPEC, &ip, NULL) == 0
			      : name_check(*word, NAME_DOMAIN, NULL) == 0) {
			words[n++] = *word;
			continue;
		}
		report_note(s->report, NOTE_WARNING, "resolv.conf", NULL,
			    "\"%s\" is not a valid %s and is omitted", *word,
			    addresses ? "name server address" : "domain name");
		free(*word);
	}
	words[n] = NULL;
	if (n == 0)
		strv_clear(&words);
	return words;
}

/* The container cannot reach a stub resolver on a loopback address of the host. */
static void note_loopback(struct setup *s)
{
	for (char **server = s->dns.servers; server && *server; server++)
		if (str_after(*server, "127.") || str_eq(*server, "::1")) {
			report_note(s->report, NOTE_WARNING, "resolv.conf",
				    "give the container a name server with --nameserver",
				    "the host's name server %s cannot be reached from the "
				    "container", *server);
			return;
		}
}

void dns_find(struct setup *s)
{
	autostrv char **servers = NULL, **search = NULL;

	s->dns.ignored = tree_has_marker(s->tree, RESOLV_CONF);
	resolv_conf_parse(s->facts->resolv_conf, &servers, &search);
	s->domains = s->conf->searchdomain ? check_words(s, s->conf->searchdomain, false)
					   : steal(&search);
	if (s->dns.ignored)
		return;
	s->dns.search = s->domains;
	if (s->conf->nameserver) {
		s->dns.servers = check_words(s, s->conf->nameserver, true);
	} else {
		s->dns.servers = steal(&servers);
		note_loopback(s);
	}
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
