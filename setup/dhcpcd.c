/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/dhcpcd.h"

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "setup/program.h"
#include "setup/section.h"
#include "setup/step.h"

const char *dhcpcd_resolv_line(const struct setup *s)
{
	return dns_comes_from_lease(s) ? "" : "nohook resolv.conf\n";
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
		const char *resolv = dhcpcd_resolv_line(s), *ip6 = wants_ip6(net) ? "" : "noipv6\n";

		if ((net->ip4.method == IP_DHCP || net->ip6.method == IP_DHCP) && (*resolv || *ip6))
			buf_addf(&body, "interface %s\n%s%s", net->name, resolv, ip6);
	}
	return tree_write_section(s->tree, DHCPCD_CONF, buf_str(&body), e);
}
