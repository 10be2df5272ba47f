/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The net-up hook: connects the host's end of a veth.  There is no net-down hook, since liblxc does
 * not run it if a start fails or the monitor is killed; post-stop undoes everything instead.
 */
#include <errno.h>
#include <stdlib.h>

#include "hooks/hook.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/ifname.h"
#include "lib/conf/store.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/port.h"

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

static int look(const char *name, struct link *ret, struct err *e)
{
	struct netlink *nl = NULL;
	int r = netlink_open(&nl, e);

	if (r == 0)
		r = netlink_get(nl, name, ret, e);
	netlink_close(nl);
	return r;
}

/* liblxc has moved the other end to the container's namespace. */
static int set_inside(const struct link *host, const char *pid, struct err *e)
{
	struct link peer = { .index = host->peer };
	struct link_change change = { .mtu = host->mtu };
	struct netlink *nl = NULL;
	int r = netns_open((pid_t)strtol(pid, NULL, 10), &nl, e);

	if (r == 0)
		r = netlink_set(nl, &peer, &change, e);
	netlink_close(nl);
	return r < 0 ? err_wrap(e, "the container's end of %s", host->name) : 0;
}

/* The runtime config set the MTU of both ends; the bridge's MTU may have changed since. */
static int plug(const struct conf *conf, const struct net *net, const char *name, struct err *e)
{
	const char *pid = getenv("LXC_PID");
	struct link before = { 0 }, after = { 0 };
	int r = look(name, &before, e);

	if (r == 0)
		r = port_plug(conf, net, name, e);
	if (r < 0 || !pid)
		return r;
	r = look(name, &after, e);
	if (r < 0 || before.mtu == after.mtu)
		return r;
	return set_inside(&after, pid, e);
}

static int no_net(const struct hook *hook, struct err *e)
{
	autofree char *path = store()->path(hook->ctid);

	return err_set(e, ENOENT, path, "has no network for the interface %s", hook->link);
}

static int net_up(const struct hook *hook, struct err *e)
{
	struct conf_file *file = NULL;
	const struct net *net;
	int r = store()->load(hook->ctid, &file, e);

	if (r < 0)
		return r;
	net = find_net(conf_values(file), hook->link);
	r = net ? plug(conf_values(file), net, hook->link, e) : no_net(hook, e);
	conf_free(file);
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "net", "up", net_up);
}
