/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plug the host's end of a veth into its bridge, with the bridge's MTU. */
#include <errno.h>

#include "hooks/hook.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/lower.h"
#include "lib/netlink.h"
#include "lib/paths.h"
#include "lib/util.h"

static const struct net *find_net(const struct conf *conf, const char *link)
{
	char name[16];

	for (size_t i = 0; i < conf->n_nets; i++) {
		ifname(name, "veth", conf->ctid, conf->nets[i].index);
		if (str_eq(name, link))
			return &conf->nets[i];
	}
	return NULL;
}

static int find_bridge(struct netlink *nl, const struct net *net, unsigned ctid, struct link *ret,
		       struct err *e)
{
	int r = netlink_get(nl, net->bridge, ret, e);

	if (r == -ENODEV) {
		err_set(e, ENODEV, net->bridge, "there is no such bridge for net%u", net->index);
		return err_remedy(e,
				  "make it (ip link add %s type bridge; ip link set %s up), or "
				  "name another with pct set %u --net%u",
				  net->bridge, net->bridge, ctid, net->index);
	}
	if (r < 0)
		return r;
	if (!str_eq(ret->kind, "bridge")) {
		err_set(e, EINVAL, net->bridge, "is not a bridge, so net%u cannot join it",
			net->index);
		return err_remedy(e, "name a bridge with pct set %u --net%u", ctid, net->index);
	}
	return 0;
}

static int plug(const struct net *net, const struct hook *hook, struct err *e)
{
	struct netlink *nl = NULL;
	struct link bridge;
	int r = netlink_open(&nl, e);

	if (r == 0)
		r = find_bridge(nl, net, hook->ctid, &bridge, e);
	if (r == 0)
		r = netlink_join(nl, hook->link, bridge.index, bridge.mtu, e);
	netlink_close(nl);
	return r;
}

static int net_up(const struct hook *hook, struct err *e)
{
	autofree char *path = path_ct_config(hook->ctid);
	struct conf_file *file = NULL;
	const struct net *net;
	int r = conf_load(path, hook->ctid, &file, e);

	if (r < 0)
		return r;
	net = find_net(conf_values(file), hook->link);
	if (!net)
		r = err_set(e, ENOENT, path, "has no network for the interface %s", hook->link);
	else if (net->bridge && !net->link_down)
		r = plug(net, hook, e);
	conf_free(file);
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "net", "up", net_up);
}
