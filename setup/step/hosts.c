/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the container's name to /etc/hosts, and localhost if no other line has it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/name-check.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"
#include "setup/text-section.h"

/* Whether a line of text begins with this address. */
static bool has_address(const char *text, const char *address)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *rest;

		line += *line == '\n';
		rest = str_after(line + strspn(line, " \t"), address);
		if (rest && (*rest == ' ' || *rest == '\t'))
			return true;
	}
	return false;
}

/* The static address of net0, preferably IPv4; else 127.0.1.1, like Debian. */
static const char *own_address(const struct conf *conf, char text[IP_TEXT_MAX], bool *ret_fallback)
{
	*ret_fallback = false;
	for (size_t i = 0; i < conf->n_nets; i++) {
		const struct net *net = &conf->nets[i];

		if (net->index != 0)
			continue;
		if (net->ip4.method == IP_STATIC)
			return ip_format(&net->ip4.address[0].ip, text);
		if (net->ip6.method == IP_STATIC)
			return ip_format(&net->ip6.address[0].ip, text);
	}
	*ret_fallback = true;
	return "127.0.1.1";
}

static void add_own_line(struct buf *b, const struct setup *s, const char *full, const char *name)
{
	char text[IP_TEXT_MAX];
	bool fallback;

	buf_add(b, own_address(s->whole, text, &fallback));
	if (fallback && str_eq(name, "localhost")) {
		buf_add(b, " localhost\n");
		return;
	}
	if (!str_eq(full, name)) {
		buf_addf(b, " %s", full);
	} else {
		for (char **domain = s->domains; domain && *domain; domain++)
			buf_addf(b, " %s.%s", name, *domain);
	}
	buf_addf(b, " %s\n", name);
}

int step_hosts(struct setup *s, struct err *e)
{
	autofree char *full = NULL, *name = hostname_short(s, &full);
	autofree char *old = NULL, *theirs = NULL, *new = NULL;
	autobuf body = BUF_INIT;
	int n;

	if (name_check(full, NAME_HOST, NULL) < 0)
		return 0; /* the hostname step has reported it */
	n = tree_read_optional(s->tree, "/etc/hosts", &old, e);
	if (n < 0)
		return n;
	theirs = section_strip(old);
	if (!has_address(theirs, "127.0.0.1"))
		buf_add(&body, "127.0.0.1 localhost.localnet localhost\n");
	if (!has_address(theirs, "::1"))
		buf_add(&body, "::1 localhost.localnet localhost\n");
	add_own_line(&body, s, full, name);
	new = section_set(old, buf_str(&body), SECTION_APPEND);
	return tree_write(s->tree, "/etc/hosts", new, 0, ROOTFS_REPLACE_LINK, e);
}
