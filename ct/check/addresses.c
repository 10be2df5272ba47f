/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/netstate.h"
#include "lib/runtime/runtime.h"

static void push_all(char ***to, const struct netstate_link *link)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < link->n_addresses; i++) {
		const struct netstate_address *a = &link->address[i];
		autofree char *one = xasprintf("%s/%u", ip_format(&a->cidr.ip, text),
					       a->cidr.prefix);

		if (a->global && !a->failed)
			strv_push(to, one);
	}
}

char **ct_addresses(const struct conf *conf)
{
	struct netstate_link *links = xcalloc(conf->n_nets + 1, sizeof *links);
	struct netlink *nl = NULL;
	char **addresses = NULL;
	autoclose int init = runtime_init_pidfd(conf->ctid, NULL);

	for (size_t i = 0; i < conf->n_nets; i++)
		snprintf(links[i].name, sizeof links[i].name, "%s", conf->nets[i].name);
	if (init >= 0 && netns_open_pidfd(init, &nl, NULL) == 0 &&
	    netstate_read(nl, NETSTATE_ADDRESSES, links, conf->n_nets, NULL) == 0)
		for (size_t i = 0; i < conf->n_nets; i++)
			push_all(&addresses, &links[i]);
	netlink_close(nl);
	netstate_done(links, conf->n_nets);
	free(links);
	return addresses;
}
