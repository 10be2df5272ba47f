/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/port-undo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/net/ifname.h"
#include "lib/net/anti-spoof.h"
#include "lib/net/bridge-vlan.h"
#include "lib/net/netlink.h"
#include "lib/net/ovs.h"

#define MAX_SIZE 4096
#define LOCK_WAIT 20 /* seconds; ovs-vsctl's timeout is 10 */

char **port_undo_read(unsigned ctid, unsigned n)
{
	autofree char *path = runfile_of_net(ctid, RUNFILE_NET, n), *text = NULL;

	if (file_read(path, MAX_SIZE, &text, NULL, NULL) < 0)
		return NULL;
	return strv_split(text, "\n");
}

int port_undo_write(unsigned ctid, unsigned n, char *const *things, struct err *e)
{
	autofree char *path = runfile_of_net(ctid, RUNFILE_NET, n), *lines = NULL, *text = NULL;

	if (!things || !*things)
		return file_remove(path, e);
	lines = strv_join(things, "\n");
	text = xasprintf("%s\n", lines);
	return file_write_volatile(path, text, strlen(text), 0600, e);
}

int port_lock(struct err *e)
{
	autofree char *path = xasprintf("%s/pct/lock/net.lock", path_run());

	return lock_file(path, LOCK_WAIT, e);
}

int port_filter(uint64_t rate, const char *link, const char *fwln, const char *rules,
		struct err *e)
{
	autofree char *program = xasprintf("%s/pct-net", path_hooks());
	autofree char *number = xasprintf("%" PRIu64, rate);
	const char *const argv[] = { program, "set", number, link, fwln, rules, NULL };

	return run_program(argv, e);
}

static int remove_filter(const char *link, struct err *e)
{
	autofree char *program = xasprintf("%s/pct-net", path_hooks());
	autofree char *rules = filter_removal(link);
	const char *const argv[] = { program, "remove", rules, NULL };

	return run_program(argv, e);
}

/* Usually the rate was removed with its link. */
static int remove_rate(struct netlink *nl, const char *name, struct err *e)
{
	struct link link;
	int r = netlink_get(nl, name, &link, e);

	if (r == -ENODEV)
		return 0;
	return r < 0 ? r : port_filter(0, name, name, "", e);
}

static int drop_vlan(struct netlink *nl, unsigned ctid, unsigned n, const char *bridge,
		     struct err *e)
{
	const char *const own[] = { "veth", "fwpr" };
	const char *ports[ARRAY_SIZE(own)];
	char name[ARRAY_SIZE(own)][16];

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		ifname(name[i], own[i], ctid, n);
		ports[i] = name[i];
	}
	return vlan_bridge_drop(nl, bridge, ports, ARRAY_SIZE(own), e);
}

int port_undo(struct netlink *nl, unsigned ctid, unsigned n, const char *thing, struct err *e)
{
	const char *name;

	if ((name = str_after(thing, "link ")))
		return netlink_del(nl, name, e);
	if ((name = str_after(thing, "vlan ")))
		return drop_vlan(nl, ctid, n, name, e);
	if ((name = str_after(thing, "ovs ")))
		return ovs_del_port(name, e);
	if ((name = str_after(thing, "rate ")))
		return remove_rate(nl, name, e);
	name = str_after(thing, "filter ");
	return name ? remove_filter(name, e) : 0;
}
