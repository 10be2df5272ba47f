/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/networkd-dns.h"

#include "lib/base/buf.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

/* Also with ip6=auto, because an advertisement may start DHCPv6. */
void networkd_dns(struct buf *b, const struct setup *s, const struct net *net)
{
	bool ra = net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO;

	if (!dns_is_of_config(s))
		return;
	/* [DHCP] is for both families up to systemd 239; since 240, the other sections are. */
	if (net->ip4.method == IP_DHCP || ra)
		buf_add(b, "\n[DHCP]\nUseDNS = no\n");
	if (net->ip4.method == IP_DHCP)
		buf_add(b, "\n[DHCPv4]\nUseDNS = no\n");
	if (ra)
		buf_add(b, "\n[DHCPv6]\nUseDNS = no\n\n[IPv6AcceptRA]\nUseDNS = no\n");
}
