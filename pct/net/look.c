/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct net: reads the files of a container, and the kernel's state of both ends of its networks. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/own-volumes.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/idmap.h"
#include "lib/conf/net/ifname.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/net/bridge-vlan.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/ovs.h"
#include "lib/runtime/runtime.h"
#include "pct/net/net.h"
#include "pct/notes.h"
#include "setup/confined.h"

/* ---- the host's end ---- */

static void name_master(const struct link *link, char ret[IF_NAMESIZE])
{
	if (!link->master || !if_indextoname((unsigned)link->master, ret))
		ret[0] = '\0';
}

static bool may_be_ovs(struct netlink *nl, const char *bridge)
{
	struct link link;

	return bridge && (netlink_get(nl, bridge, &link, NULL) < 0 ||
			  !str_eq(link.kind, "bridge"));
}

/* Finds the bridge of the config behind the firewall bridge and the VLAN bridge. */
static void find_bridge(struct netlink *nl, const struct conf *conf, const struct net *net,
			const struct link *veth, struct net_ends *ends)
{
	char name[IF_NAMESIZE], firewall[16], port[16], vlan[16];
	struct link link;

	ends->bridge_is_known = true;
	ifname(firewall, "fwbr", conf->ctid, net->index);
	ifname(port, "veth", conf->ctid, net->index);
	name_master(veth, name);
	if (str_eq(name, firewall)) {
		ends->firewall_bridge = true;
		name[0] = '\0';
		ifname(port, "fwpr", conf->ctid, net->index);
		if (netlink_get(nl, port, &link, NULL) < 0)
			return;
		name_master(&link, name);
		netstate_read_port(nl, link.index, &ends->port, NULL);
		ends->tag = ends->port.tag;
	}
	/* The kernel reports no bridge, or "ovs-system", for a port of Open vSwitch. */
	if ((!name[0] || str_eq(name, "ovs-system")) && may_be_ovs(nl, net->bridge)) {
		if (ovs_read_port(port, ends->bridge, &ends->port, NULL) == 0)
			ends->tag = ends->port.tag;
		else
			ends->bridge_is_known = !name[0];
		return;
	}
	if (net->bridge && net->tag) {
		vlan_bridge_name(vlan, net->bridge, net->tag);
		if (str_eq(name, vlan)) {
			ends->tag = net->tag;
			snprintf(name, sizeof name, "%s", net->bridge);
		}
	}
	snprintf(ends->bridge, sizeof ends->bridge, "%s", name);
	/* Ignore VLAN 1, which a bridge without VLAN filtering has on every port. */
	if (netlink_get(nl, name, &link, NULL) == 0 && !link.vlan_aware &&
	    ends->tag != net->tag)
		ends->tag = 0;
}

static int look_at_host(struct netlink *nl, const struct conf *conf, const struct net *net,
			struct net_ends *ends, struct err *e)
{
	struct netstate_port port;
	struct link veth;
	int r;

	ends->expected_mtu = net->mtu;
	if (!net->mtu && net->bridge)
		ends->expected_mtu = netlink_bridge_mtu(net->bridge);
	ifname(ends->host, "veth", conf->ctid, net->index);
	r = netlink_get(nl, ends->host, &veth, e);
	if (r < 0)
		return r == -ENODEV ? 0 : r;
	ends->host_there = true;
	ends->host_up = veth.up;
	ends->host_mtu = veth.mtu;
	r = netstate_read_port(nl, veth.index, &ends->port, e);
	if (r < 0)
		return r;
	port = ends->port;
	ends->tag = port.tag;
	find_bridge(nl, conf, net, &veth, ends);
	/* The rate limit is on the veth, not on the port behind the firewall bridge. */
	ends->port.rate = port.rate;
	if (net->firewall)
		r = port_check_rules(conf, net, &ends->rules, e);
	if (r == 0 && (net->firewall || net->rate))
		r = port_counters(conf->ctid, net->index, &ends->counters, e);
	return r;
}

/* The caller frees. */
static char *describe_fault(const struct conf *conf, const struct net *net)
{
	autofree char *fault = NULL;
	struct err e;

	if (ct_find_net_fault(conf, net, &fault, &e) < 0)
		return xasprintf("%s%s%s%s%s", e.object, *e.object ? ": " : "", e.cause,
				 *e.remedy ? "; " : "", e.remedy);
	return fault ? xasprintf("%s; pct net %u --repair", fault, conf->ctid) : NULL;
}

static int look_at_ends(struct net_look *look, int init, struct err *e)
{
	const struct conf *conf = look->conf;
	struct netlink *host = NULL, *inside = NULL;
	int r = netns_open_pidfd(init, &inside, e);

	if (r == 0)
		r = netstate_read(inside, NETSTATE_ADDRESSES | NETSTATE_ROUTES |
					  NETSTATE_NEIGHBOURS, look->inside, conf->n_nets, e);
	if (r == 0)
		r = netlink_open(&host, e);
	look->ends = xcalloc(conf->n_nets + 1, sizeof *look->ends);
	for (size_t i = 0; r == 0 && i < conf->n_nets; i++) {
		look->ends[i].inside = &look->inside[i];
		r = look_at_host(host, conf, &conf->nets[i], &look->ends[i], e);
		look->ends[i].fault = r < 0 ? NULL : describe_fault(conf, &conf->nets[i]);
	}
	netlink_close(inside);
	netlink_close(host);
	return r;
}

/* ---- the files ---- */

/* tree NULL: the files that init sees. */
static int look_at_tree(struct net_look *look, const char *tree, int init,
			const struct idmap *map, const struct own_volumes *volumes,
			struct err *e)
{
	struct host_facts facts = { .resolv_conf = hostinfo_resolv_conf(),
				    .timezone = hostinfo_timezone(), .now = hostinfo_now(),
				    .volumes = volumes };
	unsigned flags = SETUP_DRY | SETUP_READ_BACK;
	int r = tree ? setup_confined(PHASE_START, look->conf, tree, map, &facts, flags,
				      &look->files, e) :
		       setup_running(PHASE_START, look->conf, init, map, &facts, flags,
				     &look->files, e);

	free(facts.resolv_conf);
	free(facts.timezone);
	return r;
}

static int look_at_running(struct net_look *look, const struct idmap *map, struct err *e)
{
	autoclose int init = runtime_init_pidfd(look->ctid, e);
	int r = init < 0 ? init : look_at_ends(look, init, e);
	autovolumes volumes = { 0 };

	ct_own_volumes(look->ctid, &volumes);
	return r < 0 ? r : look_at_tree(look, NULL, init, map, &volumes, e);
}

static int look_at_stopped(struct net_look *look, const struct idmap *map, struct err *e)
{
	autofree char *target = path_rootfs(look->ctid);
	autovolumes volumes = { 0 };
	struct ct ct;
	int r = ct_open(look->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_mount_root(look->conf, map, target, &volumes, e);
	if (r == 0)
		r = look_at_tree(look, target, -1, map, &volumes, e);
	return finish_ct(&ct, r);
}

int net_look(const struct conf *conf, struct net_look *ret, struct err *e)
{
	struct net_look look = { .ctid = conf->ctid, .conf = conf,
				 .running = ct_is_running(conf->ctid) };
	struct idmap map;
	int r = conf->mapped ? conf_idmap(conf, &map, e) : 0;
	const struct idmap *used = conf->mapped ? &map : NULL;

	look.inside = xcalloc(conf->n_nets + 1, sizeof *look.inside);
	for (size_t i = 0; i < conf->n_nets; i++)
		snprintf(look.inside[i].name, sizeof look.inside[i].name, "%s", conf->nets[i].name);
	if (r == 0)
		r = look.running ? look_at_running(&look, used, e)
				 : look_at_stopped(&look, used, e);
	*ret = look;
	return r;
}

int net_look_at_folder(const struct conf *conf, const char *rootfs, struct net_look *ret,
		       struct err *e)
{
	struct net_look look = { .ctid = conf->ctid, .conf = conf };
	int r = look_at_tree(&look, rootfs, -1, NULL, NULL, e);

	*ret = look;
	return r;
}

void net_look_done(struct net_look *look)
{
	netstate_done(look->inside, look->inside ? look->conf->n_nets : 0);
	free(look->inside);
	for (size_t i = 0; look->ends && i < look->conf->n_nets; i++)
		free(look->ends[i].fault);
	free(look->ends);
	report_done(&look->files);
}
