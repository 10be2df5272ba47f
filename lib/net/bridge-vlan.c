/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/bridge-vlan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/netlink.h"

#define NAME_SIZE 16

static void name_with(char ret[NAME_SIZE], const char *name, char separator, unsigned tag)
{
	unsigned hash = (unsigned)hash_text(name, strlen(name));

	if (snprintf(ret, NAME_SIZE, "%s%c%u", name, separator, tag) >= NAME_SIZE)
		snprintf(ret, NAME_SIZE, "p%08x%c%u", hash, separator, tag);
}

void vlan_bridge_name(char ret[NAME_SIZE], const char *bridge, unsigned tag)
{
	name_with(ret, bridge, 'v', tag);
}

/*
 * An uplink leads out of the host, not into a guest.  If the host is a guest itself, its uplinks
 * may be veths.
 */
static bool is_uplink(const struct link *port)
{
	if (str_eq(port->kind, "veth"))
		return str_after(port->name, "eth") || str_after(port->name, "en");
	return !str_eq(port->kind, "tun") && !str_eq(port->kind, "openvswitch");
}

/* An uplink that the administrator put into another bridge stays there. */
static int add_uplink(struct netlink *nl, const struct link *uplink, unsigned tag,
		      const struct link *bridge, struct err *e)
{
	struct link_change join = { .master = bridge->index, .up = true };
	char name[NAME_SIZE];
	struct link vlan;
	int r;

	name_with(name, uplink->name, '.', tag);
	r = netlink_get(nl, name, &vlan, e);
	if (r == -ENODEV) {
		r = netlink_add_vlan(nl, name, uplink, tag, e);
		if (r == 0)
			r = netlink_get(nl, name, &vlan, e);
	}
	if (r < 0)
		return r;
	if (vlan.master && vlan.master != bridge->index)
		return err_set(e, EBUSY, name, "is in another bridge than %s", bridge->name);
	return netlink_set(nl, &vlan, &join, e);
}

static int add_uplinks(struct netlink *nl, const struct link *base, unsigned tag,
		       const struct link *bridge, struct err *e)
{
	struct link *ports = NULL;
	size_t n = 0;
	int r = netlink_ports(nl, base, &ports, &n, e);

	for (size_t i = 0; ports && i < n && r == 0; i++)
		if (is_uplink(&ports[i]))
			r = add_uplink(nl, &ports[i], tag, bridge, e);
	free(ports);
	return r;
}

int vlan_bridge_make(struct netlink *nl, const struct link *bridge, unsigned tag, struct link *ret,
		     struct err *e)
{
	struct link_change up = { .mtu = bridge->mtu, .up = true };
	char name[NAME_SIZE];
	int r;

	vlan_bridge_name(name, bridge->name, tag);
	r = netlink_get(nl, name, ret, e);
	if (r == 0 && !str_eq(ret->kind, "bridge"))
		return err_set(e, EINVAL, name,
			       "is not a bridge, but VLAN %u needs a bridge of "
			       "that name",
			       tag);
	/* The process that made the bridge may have been killed before it finished. */
	if (r == 0 && ret->group != LINK_GROUP)
		return 0;
	if (r == -ENODEV) {
		r = netlink_add_bridge(nl, name, e);
		if (r == 0)
			r = netlink_get(nl, name, ret, e);
	}
	if (r == 0)
		r = netlink_set(nl, ret, &up, e);
	if (r == 0)
		r = add_uplinks(nl, bridge, tag, ret, e);
	return r == 0 ? netlink_get(nl, name, ret, e) : r;
}

static int find_uplink_fault(struct netlink *nl, const struct link *uplink, unsigned tag,
			     const struct link *bridge, char **ret, struct err *e)
{
	char name[NAME_SIZE];
	struct link vlan;
	int r;

	name_with(name, uplink->name, '.', tag);
	r = netlink_get(nl, name, &vlan, e);
	if (r < 0 && r != -ENODEV)
		return r;
	if (r == -ENODEV || vlan.master != bridge->index || !vlan.up)
		*ret = xasprintf("%s is %s", name, r == -ENODEV ? "missing" : vlan.up
				 ? "not in the bridge of the VLAN" : "down");
	return 0;
}

int vlan_bridge_find_fault(struct netlink *nl, const struct link *bridge, unsigned tag, char **ret,
			   struct err *e)
{
	struct link vlan, *ports = NULL;
	char name[NAME_SIZE];
	size_t n = 0;
	int r;

	*ret = NULL;
	vlan_bridge_name(name, bridge->name, tag);
	r = netlink_get(nl, name, &vlan, e);
	/* An administrator's own bridge is used as it is. */
	if (r < 0 || vlan.group != LINK_GROUP)
		return r;
	if (!vlan.up)
		*ret = xasprintf("%s is down", name);
	r = netlink_ports(nl, bridge, &ports, &n, e);
	for (size_t i = 0; ports && i < n && r == 0 && !*ret; i++)
		if (is_uplink(&ports[i]))
			r = find_uplink_fault(nl, &ports[i], tag, &vlan, ret, e);
	free(ports);
	return r;
}

static bool is_own_uplink(const struct link *port)
{
	return str_eq(port->kind, "vlan") && port->group == LINK_GROUP;
}

static bool is_among(const char *name, const char *const names[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

/* Ports of a killed container vanish after a moment; they do not count as users of the bridge. */
static int release(struct netlink *nl, const struct link *port, struct err *e)
{
	struct link_change out = { .master = LINK_NO_MASTER };
	int r = netlink_set(nl, port, &out, e);

	return r == -ENODEV ? 0 : r;
}

int vlan_bridge_drop(struct netlink *nl, const char *name, const char *const ports[],
		     size_t n_ports, struct err *e)
{
	struct link bridge, *in = NULL;
	bool used = false;
	size_t n = 0;
	int r = netlink_get(nl, name, &bridge, e);

	if (r < 0)
		return r == -ENODEV ? 0 : r;
	r = netlink_ports(nl, &bridge, &in, &n, e);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (is_among(in[i].name, ports, n_ports))
			r = release(nl, &in[i], e);
		else
			used = used || !is_own_uplink(&in[i]);
	}
	used = used || bridge.group != LINK_GROUP;
	for (size_t i = 0; i < n && r == 0 && !used; i++)
		if (is_own_uplink(&in[i]))
			r = netlink_del(nl, in[i].name, e);
	if (r == 0 && !used)
		r = netlink_del(nl, name, e);
	free(in);
	return r;
}
