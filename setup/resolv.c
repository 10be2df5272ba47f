/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/resolv.conf: name servers and search list, of the config or else of the host. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/plan.h"
#include "lib/util.h"
#include "setup/section.h"
#include "setup/step.h"

#define RESOLV_CONF "/etc/resolv.conf"

/* The good words of a config value; the others are findings. */
static char **check_words(struct setup *s, const char *value, bool addresses)
{
	autostrv char **words = strv_split(value, " ,;\t");
	char **good = NULL;

	for (char **word = words; *word; word++) {
		struct err ignored;
		struct ip ip;

		if (addresses ? ip_parse(*word, AF_UNSPEC, &ip, &ignored) == 0
			      : domain_check(*word) == 0)
			strv_push(&good, *word);
		else
			report_note(s->report, NOTE_WARNING, "resolv.conf", NULL,
				    "\"%s\" is no %s and is left out", *word,
				    addresses ? "address of a name server" : "domain name");
	}
	return good;
}

static char **host_words(const struct setup *s, bool addresses)
{
	char **servers = NULL, **search = NULL;

	resolv_conf_parse(s->facts->resolv_conf, &servers, &search);
	strv_free(addresses ? search : servers);
	return addresses ? servers : search;
}

char **search_domains(const struct setup *s)
{
	char **good = NULL;

	if (!s->conf->searchdomain)
		return host_words(s, false);
	{
		autostrv char **words = strv_split(s->conf->searchdomain, " ,;\t");

		for (char **word = words; *word; word++)
			if (domain_check(*word) == 0)
				strv_push(&good, *word);
	}
	return good;
}

/* A stub resolver of the host listens where the container cannot reach it. */
static void note_loopback(struct setup *s, char **servers)
{
	for (char **server = servers; server && *server; server++)
		if (str_after(*server, "127.") || str_eq(*server, "::1")) {
			report_note(s->report, NOTE_WARNING, "resolv.conf",
				    "give the container a name server with --nameserver",
				    "the host's name server %s cannot be reached from the "
				    "container", *server);
			return;
		}
}

static void make_body(struct setup *s, struct buf *b)
{
	autostrv char **servers = NULL, **search = NULL;
	autofree char *joined = NULL;

	if (s->conf->searchdomain)
		search = check_words(s, s->conf->searchdomain, false);
	else
		search = host_words(s, false);
	if (s->conf->nameserver) {
		servers = check_words(s, s->conf->nameserver, true);
	} else {
		servers = host_words(s, true);
		note_loopback(s, servers);
	}
	joined = strv_join(search, " ");
	if (*joined)
		buf_addf(b, "search %s\n", joined);
	for (char **server = servers; server && *server; server++)
		buf_addf(b, "nameserver %s\n", *server);
}

/* A link to a regular file inside is followed; one into a resolver's run-time tree, which is empty
 * before the container runs, or to nothing would leave the container without a resolver. */
static int link_policy(struct setup *s, unsigned *ret_flags, struct err *e)
{
	autofree char *target = NULL;
	const char *at;
	int n;

	*ret_flags = ROOTFS_REPLACE_LINK;
	if (tree_lkind(s->tree, RESOLV_CONF) != S_IFLNK)
		return 0;
	n = tree_readlink(s->tree, RESOLV_CONF, &target, e);
	if (n < 0)
		return n;
	for (at = target; *at == '/' || str_after(at, "../"); at += *at == '/' ? 1 : 3)
		;
	if (tree_kind(s->tree, RESOLV_CONF) == S_IFREG && !str_after(at, "run/") &&
	    !str_after(at, "var/run/")) {
		*ret_flags = ROOTFS_FOLLOW_LINK;
		return 0;
	}
	report_note(s->report, NOTE_INFO, "resolv.conf", NULL,
		    RESOLV_CONF " led to %s, which nothing serves; a file takes its place", target);
	return 0;
}

int step_resolv_conf(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	autobuf body = BUF_INIT;
	unsigned flags;
	int n;

	make_body(s, &body);
	if (!body.len && tree_lkind(s->tree, RESOLV_CONF) != S_IFREG)
		return 0;
	n = link_policy(s, &flags, e);
	if (n == 0 && (flags == ROOTFS_FOLLOW_LINK || tree_lkind(s->tree, RESOLV_CONF) != S_IFLNK))
		n = tree_read_optional(s->tree, RESOLV_CONF, &old, e);
	if (n < 0)
		return n;
	new = section_set(old, buf_str(&body), SECTION_REPLACE);
	if (!old && !*new)
		return 0;
	return tree_write(s->tree, RESOLV_CONF, new, 0, flags, e);
}
