/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the host's end of a network with its config. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/net/ifname.h"
#include "lib/net/anti-spoof.h"
#include "lib/net/bridge-vlan.h"
#include "lib/net/netstate.h"
#include "lib/net/ovs.h"
#include "lib/net/port-internal.h"
#include "lib/net/port.h"

#define VLANS 4096

/* ---- rules ---- */

static bool has_rules(const struct net *net)
{
	return net->firewall && wiring_is_plugged(net) && !filter_is_external();
}

static int check_rules(const char *link, const char *rules, enum port_rules *ret, struct err *e)
{
	static const char *const words[] = {
		[PORT_RULES_UNUSED] = "", [PORT_RULES_SAME] = "same\n",
		[PORT_RULES_OTHER] = "other\n", [PORT_RULES_NONE] = "none\n",
	};
	autofree char *program = xasprintf("%s/pct-net", path_hooks()), *said = NULL;
	const char *const argv[] = { program, "check", link, rules, NULL };
	int r = run_program_output(argv, 64, &said, e);

	for (unsigned i = PORT_RULES_SAME; r == 0 && i < ARRAY_SIZE(words); i++)
		if (str_eq(said, words[i])) {
			*ret = (enum port_rules)i;
			return 0;
		}
	return r < 0 ? r : err_set(e, EIO, link, "pct-net did not report its rules");
}

int port_check_rules(const struct conf *conf, const struct net *net, enum port_rules *ret,
		    struct err *e)
{
	autofree char *rules = NULL;
	char link[16];

	if (!has_rules(net)) {
		*ret = PORT_RULES_UNUSED;
		return 0;
	}
	ifname(link, "veth", conf->ctid, net->index);
	rules = filter_rules(net, link);
	return check_rules(link, rules, ret, e);
}

/* ---- links ---- */

/* Each function below sets *ret to the fault that it finds. */

static int find_link_fault(struct wiring *p, const char *name, const char *master, bool up,
			   char **ret, struct err *e)
{
	char in[IF_NAMESIZE] = "no bridge";
	struct link link;
	int r = netlink_get(p->nl, name, &link, e);

	if (r == -ENODEV)
		*ret = xasprintf("%s is missing", name);
	/* A network without a bridge is plugged in by somebody else, or not at all. */
	if (r < 0 || !p->net->bridge)
		return r == -ENODEV ? 0 : r;
	if (link.master)
		if_indextoname((unsigned)link.master, in);
	if (master && !str_eq(in, master))
		*ret = xasprintf("%s is in %s instead of %s", name, in, master);
	else if (link.up != up)
		*ret = xasprintf("%s is %s", name, up ? "down" : "up");
	else if (p->mtu && link.mtu != p->mtu)
		*ret = xasprintf("%s has an MTU of %u instead of %u", name, link.mtu, p->mtu);
	return 0;
}

static void mark(bool set[VLANS], unsigned tag, const struct vlan_range *ranges, size_t n)
{
	if (tag)
		set[tag % VLANS] = true;
	for (size_t i = 0; i < n; i++)
		for (unsigned vid = ranges[i].first; vid <= ranges[i].last && vid < VLANS; vid++)
			set[vid] = true;
}

static void compare_vlans(const char *port, const struct port_vlans *wanted,
			  const struct netstate_port *there, char **ret)
{
	bool want[VLANS] = { false }, have[VLANS] = { false };

	mark(want, wanted->tag, wanted->trunks, wanted->n_trunks);
	mark(have, there->tag, there->trunks, there->n_trunks);
	/* What does not fit into the lists cannot be compared. */
	if (there->n_trunks == NETSTATE_VLANS && there->tag == wanted->tag)
		return;
	if (there->tag != wanted->tag || memcmp(want, have, sizeof want) != 0)
		*ret = xasprintf("%s does not have the VLANs of the config", port);
}

static int find_vlan_fault(struct wiring *p, const char *port, char **ret, struct err *e)
{
	struct port_vlans wanted = wiring_vlans(p->net);
	struct netstate_port there;
	struct link link;
	int r = netlink_get(p->nl, port, &link, e);

	if (r == 0)
		r = netstate_read_port(p->nl, link.index, &there, e);
	if (r == 0)
		compare_vlans(port, &wanted, &there, ret);
	return r;
}

static void find_ovs_fault(struct wiring *p, const char *port, char **ret)
{
	struct port_vlans wanted = { p->net->tag, p->net->trunks, p->net->n_trunks };
	struct netstate_port there = { 0 };
	char bridge[16] = "no bridge";

	if (ovs_read_port(port, bridge, &there, NULL) < 0 || !str_eq(bridge, p->net->bridge))
		*ret = xasprintf("%s is in %s instead of %s", port, bridge, p->net->bridge);
	else
		compare_vlans(port, &wanted, &there, ret);
}

/* The link that joins the bridge. */
static int find_port_fault(struct wiring *p, const char *port, char **ret, struct err *e)
{
	const char *master = p->ovs ? NULL : *p->vlan_bridge ? p->vlan_bridge : p->bridge.name;
	int r = find_link_fault(p, port, master, true, ret, e);

	if (r < 0 || *ret)
		return r;
	if (p->ovs)
		find_ovs_fault(p, port, ret);
	else if (p->bridge.vlan_aware)
		r = find_vlan_fault(p, port, ret, e);
	else if (*p->vlan_bridge)
		r = vlan_bridge_find_fault(p->nl, &p->bridge, p->net->tag, ret, e);
	return r;
}

static int find_rate_fault(struct wiring *p, const char *name, char **ret, struct err *e)
{
	struct netstate_port there;
	struct link link;
	int r = netlink_get(p->nl, name, &link, e);

	if (r == 0)
		r = netstate_read_port(p->nl, link.index, &there, e);
	if (r == 0 && there.rate != p->net->rate)
		*ret = xasprintf("%s does not have the rate of the config", name);
	return r;
}

static int find_rules_fault(struct wiring *p, char **ret, struct err *e)
{
	enum port_rules rules = PORT_RULES_UNUSED;
	int r = port_check_rules(p->conf, p->net, &rules, e);

	if (r == 0 && rules == PORT_RULES_NONE)
		*ret = xstrdup("has firewall=1, but its rules are gone: its frames are not "
			       "filtered");
	else if (r == 0 && rules == PORT_RULES_OTHER)
		*ret = xstrdup("has firewall=1, but its rules are not those of its config");
	return r;
}

/* veth -> fwbr <- fwln = fwpr -> bridge */
static int find_apart_fault(struct wiring *p, char **ret, struct err *e)
{
	unsigned mtu = p->mtu;
	int r = find_link_fault(p, p->link.name, p->fwbr, true, ret, e);

	if (r == 0 && !*ret)
		r = find_link_fault(p, p->fwln, p->fwbr, true, ret, e);
	p->mtu = 0; /* of the bridge, which follows its ports */
	if (r == 0 && !*ret)
		r = find_link_fault(p, p->fwbr, NULL, true, ret, e);
	p->mtu = mtu;
	if (r == 0 && !*ret)
		r = find_port_fault(p, p->fwpr, ret, e);
	if (r == 0 && !*ret)
		r = find_rate_fault(p, p->link.name, ret, e);
	if (r == 0 && !*ret)
		r = find_rate_fault(p, p->fwln, ret, e);
	return r < 0 || *ret ? r : find_rules_fault(p, ret, e);
}

int port_find_fault(const struct conf *conf, const struct net *net, char **ret, struct err *e)
{
	struct wiring p;
	char link[16];
	int r;

	*ret = NULL;
	ifname(link, "veth", conf->ctid, net->index);
	r = wiring_open(conf, net, link, &p, e);
	if (r == 0)
		r = wiring_plan(&p, e);
	if (r == 0 && !wiring_is_plugged(net))
		r = find_link_fault(&p, link, "no bridge", !net->link_down, ret, e);
	else if (r == 0)
		r = p.apart ? find_apart_fault(&p, ret, e) : find_port_fault(&p, link, ret, e);
	wiring_close(&p);
	return r;
}
