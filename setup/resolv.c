/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/resolv.conf: name servers and search list, of the config or else of the host. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "setup/section.h"
#include "setup/step.h"

#define RESOLV_CONF "/etc/resolv.conf"

static void make_body(const struct setup *s, struct buf *b)
{
	autofree char *search = strv_join(s->dns.search, " ");

	if (*search)
		buf_addf(b, "search %s\n", search);
	for (char **server = s->dns.servers; server && *server; server++)
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
