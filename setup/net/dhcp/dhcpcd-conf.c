/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/dhcp/dhcpcd-conf.h"

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/program.h"
#include "setup/step.h"
#include "setup/text-section.h"

void dhcpcd_add_dns(struct buf *out, const struct setup *s)
{
	autofree char *search = strv_join(s->dns.search, " ");

	if (!dns_comes_from_lease(s))
		buf_add(out, "nohook resolv.conf\n");
	else if (dns_search_is_of_config(s))
		buf_addf(out, "nooption domain_name\nstatic domain_search=%s\n", search);
}

/* Whether users' lines have the option, with or without a name. */
static bool has_name(const struct setup *s)
{
	autofree char *text = NULL, *theirs = NULL;
	autostrv char **lines = NULL;
	bool found = false;

	if (tree_read_optional(s->tree, DHCPCD_CONF, &text, NULL) < 0 || !text)
		return false;
	theirs = section_strip(text);
	lines = strv_split(theirs, "\n");
	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t\r");

		found |= str_eq(words[0], "hostname");
	}
	return found;
}

void dhcpcd_add_name(struct buf *out, const struct setup *s, const struct net *net)
{
	autofree char *name = net->ip4.method == IP_DHCP ? hostname_for_dhcp(s) : NULL;

	if (name && !has_name(s))
		buf_addf(out, "hostname %s\n", name);
}

static bool wants_ip6(const struct net *net)
{
	return net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO;
}

static bool starts_dhcpcd(const struct renderer *r)
{
	return r && r->dhcp4_clients && strv_has((char *const *)r->dhcp4_clients, "dhcpcd");
}

static int clean_hook(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *rest = NULL;
	int n = tree_read_optional(s->tree, DHCPCD_HOOK, &old, e);

	if (n < 0 || !old)
		return n;
	rest = section_strip(old);
	return str_eq(rest, old) ? 0 : tree_write(s->tree, DHCPCD_HOOK, rest, 0,
						  ROOTFS_REPLACE_LINK, e);
}

int dhcpcd_client_write(struct setup *s, struct err *e)
{
	autobuf body = BUF_INIT;
	int n = clean_hook(s, e);

	if (n < 0)
		return n;
	if (tree_lkind(s->tree, DHCPCD_CONF) <= 0 && !program_is_there(s->tree, "dhcpcd"))
		return 0;
	for (size_t i = 0; starts_dhcpcd(s->renderer) && i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];
		autobuf lines = BUF_INIT;

		dhcpcd_add_name(&lines, s, net);
		dhcpcd_add_dns(&lines, s);
		if (!wants_ip6(net))
			buf_add(&lines, "noipv6\n");
		if ((net->ip4.method == IP_DHCP || net->ip6.method == IP_DHCP) && lines.len)
			buf_addf(&body, "interface %s\n%s", net->name, lines.s);
	}
	return tree_write_section(s->tree, DHCPCD_CONF, buf_str(&body), e);
}
