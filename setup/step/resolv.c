/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes name servers and search list.  If /etc/resolv.conf is a link to a run-time file of an
 * enabled resolver, it stays, and the resolver gets them; else it is a file with pct's section.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/managed.h"
#include "setup/nixos.h"
#include "setup/resolver.h"
#include "setup/step.h"
#include "setup/text-section.h"

#define MAX_LINKS 8

static void make_body(const struct setup *s, struct buf *b)
{
	autofree char *search = strv_join(s->dns.search, " ");

	if (*search)
		buf_addf(b, "search %s\n", search);
	for (char **server = s->dns.servers; server && *server; server++)
		buf_addf(b, "nameserver %s\n", *server);
}

static void report_resolver(struct setup *s, const struct resolver *r, char *why)
{
	s->report->resolver = xstrdup(r->name);
	s->report->resolver_why = why;
}

/* Adds the finding that the link to target is replaced.  r: the resolver of target, or NULL. */
static void note_unserved(struct setup *s, const char *target, const struct resolver *r)
{
	static const char *const states[] = {
		[SERVICE_ABSENT] = "is not installed",
		[SERVICE_MASKED] = "is masked",
		[SERVICE_DISABLED] = "is not enabled",
	};

	if (r)
		report_note(s->report, NOTE_INFO, "resolv.conf", NULL,
			    RESOLV_CONF
			    " pointed to %s, which no resolver maintains (%s %s); it is replaced "
			    "by a file",
			    target, r->name, states[r->probe(s)]);
	else
		report_note(s->report, NOTE_INFO, "resolv.conf", NULL,
			    RESOLV_CONF
			    " pointed to %s, which no resolver maintains; it is replaced by a file",
			    target);
}

/*
 * The first known resolver in the chain of links; NULL: none.  NixOS makes the first link at the
 * first boot.  *ret_target: where the resolver's link, else the last one, leads; NULL: no link.
 */
static const struct resolver *find_resolver(struct setup *s, char **ret_target)
{
	autofree char *source = nixos_source(s->tree, RESOLV_CONF);
	autofree char *at = xstrdup(source ? source : RESOLV_CONF);
	const struct resolver *r = NULL;

	for (unsigned i = 0; !r && i < MAX_LINKS && tree_lkind(s->tree, at) == S_IFLNK; i++) {
		autofree char *target = NULL, *old = steal(&at);

		if (tree_readlink(s->tree, old, &target, NULL) < 0)
			break;
		r = resolver_of_link(target);
		if (*target == '/')
			at = xstrdup(target);
		else
			at = xasprintf("%.*s/%s", (int)(strrchr(old, '/') - old), old, target);
		free(*ret_target);
		*ret_target = steal(&target);
	}
	return r;
}

/*
 * Returns 1 if the resolver behind the link got the name servers, and the step is done.  A link to
 * a regular file is followed.  A link to a missing file, or to a run-time tree, which is empty
 * before the start, is replaced: otherwise the container would have no name servers.
 */
static int decide_link(struct setup *s, unsigned *ret_flags, struct err *e)
{
	autofree char *target = NULL;
	const struct resolver *r = find_resolver(s, &target);
	int n;

	if (!target)
		return 0;
	if (r && r->probe(s) == SERVICE_ENABLED) {
		report_resolver(s, r, xasprintf(RESOLV_CONF " leads to %s", target));
		n = r->tell(s, e);
		if (n == 0)
			n = resolvers_tell_clients(s, e);
		return n < 0 ? n : 1;
	}
	if (!r && tree_kind(s->tree, RESOLV_CONF) == S_IFREG && !str_after(target, "/run/") &&
	    !strstr(target, "../run/")) {
		*ret_flags = ROOTFS_FOLLOW_LINK;
		return 0;
	}
	if (!tree_is_ignored(s->tree, RESOLV_CONF))
		note_unserved(s, target, r);
	return 0;
}

/*
 * Whether a file without pct's section, which will be replaced, has lines worth saving, like
 * "options" of an administrator.  Lines of a template or of a lease are not.
 */
static bool has_more(const char *text)
{
	static const char *const known[] = { "nameserver", "search", "domain" };
	autostrv char **lines = strv_split(text, "\r\n");
	bool more = false;

	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t");
		bool is_known = !words[0] || strchr("#;", *words[0]);

		if (section_is_begin(*line) || section_is_end(*line))
			return false;
		for (size_t i = 0; !is_known && i < ARRAY_SIZE(known); i++)
			is_known = str_eq(words[0], known[i]);
		more |= !is_known;
	}
	return more;
}

static int write_section(struct setup *s, const char *body, unsigned flags, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n = 0;

	if (flags == ROOTFS_FOLLOW_LINK || tree_lkind(s->tree, RESOLV_CONF) != S_IFLNK)
		n = tree_read_optional(s->tree, RESOLV_CONF, &old, e);
	if (n < 0)
		return n;
	new = section_set(old, body, SECTION_REPLACE);
	if (!old && !*new)
		return 0;
	if (old && *body && s->phase != PHASE_CREATE && has_more(old))
		n = managed_keep_aside(s, RESOLV_CONF, old, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, RESOLV_CONF, new, 0, flags, e);
}

/* The marker covers all of DNS: the resolvers lose, with s->dns empty, what earlier runs wrote. */
static int leave_alone(struct setup *s, struct err *e)
{
	autofree char *target = NULL;
	const struct resolver *r = find_resolver(s, &target), *writer;
	int n = 0;

	report_file(s->report, "resolv.conf", RESOLV_CONF, FILE_IGNORED);
	if (r && r->probe(s) == SERVICE_ENABLED)
		n = r->tell(s, e);
	return n < 0 ? n : resolvers_tell_writers(s, &writer, e);
}

int step_resolv_conf(struct setup *s, struct err *e)
{
	unsigned flags = ROOTFS_REPLACE_LINK;
	const struct resolver *writer;
	autobuf body = BUF_INIT;
	int n;

	if (s->flags & SETUP_KEEP_DNS)
		return 0;
	if (s->dns.ignored)
		return leave_alone(s, e);
	make_body(s, &body);
	n = decide_link(s, &flags, e);
	if (n)
		return n < 0 ? n : 0;
	n = resolvers_tell_writers(s, &writer, e);
	if (n < 0)
		return n;
	if (writer)
		report_resolver(s, writer, xstrdup("it writes " RESOLV_CONF));
	if (!body.len && tree_lkind(s->tree, RESOLV_CONF) != S_IFREG)
		return 0;
	return write_section(s, buf_str(&body), flags, e);
}
