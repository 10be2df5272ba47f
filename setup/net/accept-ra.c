/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/accept-ra.h"

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/conf/conf.h"
#include "setup/managed.h"
#include "setup/step.h"

int accept_ra_value(const struct net *net)
{
	return net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO ? 2 : 0;
}

int accept_ra_write(struct setup *s, struct err *e)
{
	autobuf text = BUF_INIT;

	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		/* With slashes, a name may have dots. */
		if (net_is_configured(net))
			buf_addf(&text, "net/ipv6/conf/%s/accept_ra = %d\n", net->name,
				 accept_ra_value(net));
	}
	return text.len ? managed_write(s, "/etc/sysctl.d/60-pct-network.conf", text.s, 0, e) : 0;
}
