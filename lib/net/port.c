/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/port.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/ifname.h"
#include "lib/net/anti-spoof.h"
#include "lib/net/bridge-vlan.h"
#include "lib/net/netlink.h"
#include "lib/net/ovs.h"
#include "lib/net/port-internal.h"
#include "lib/net/port-undo.h"

int port_lacks_bridge(const struct conf *conf, const struct net *net, struct err *e)
{
	err_set(e, ENODEV, net->bridge, "there is no such bridge for net%u", net->index);
	return err_remedy(e, "make it (ip link add %s type bridge; ip link set %s up), or "
			  "name another with pct set %u --net%u", net->bridge, net->bridge,
			  conf->ctid, net->index);
}

static int find_bridge(struct wiring *p, struct err *e)
{
	const struct net *net = p->net;
	int r = netlink_get(p->nl, net->bridge, &p->bridge, e);

	if (r < 0 && r != -ENODEV)
		return r;
	if (r == 0 && str_eq(p->bridge.kind, "bridge"))
		return 0;
	p->ovs = ovs_is_bridge(net->bridge);
	if (p->ovs)
		return 0;
	if (r == 0) {
		err_set(e, EINVAL, net->bridge, "is not a bridge, so net%u cannot join it",
			net->index);
		return err_remedy(e, "name a bridge with pct set %u --net%u", p->conf->ctid,
				  net->index);
	}
	return port_lacks_bridge(p->conf, net, e);
}

static int check_bridge(struct wiring *p, struct err *e)
{
	const struct net *net = p->net;

	if (p->bridge.mtu && net->mtu > p->bridge.mtu) {
		err_set(e, EINVAL, net->bridge, "net%u has mtu=%u, but the bridge has %u",
			net->index, net->mtu, p->bridge.mtu);
		return err_remedy(e, "lower it with pct set %u --net%u, or raise the bridge's",
				  p->conf->ctid, net->index);
	}
	if (net->n_trunks && !p->ovs && !p->bridge.vlan_aware) {
		err_set(e, EOPNOTSUPP, net->bridge,
			"net%u has trunks, but the bridge does not filter VLANs", net->index);
		return err_remedy(e, "ip link set %s type bridge vlan_filtering 1, or remove the "
				  "trunks", net->bridge);
	}
	return 0;
}

static void want(struct wiring *p, const char *kind, const char *name)
{
	autofree char *thing = xasprintf("%s %s", kind, name);

	strv_push(&p->things, thing);
}

/* List the objects to make, in the order in which they are undone. */
static void list_needed(struct wiring *p)
{
	const struct net *net = p->net;

	p->apart = net->firewall || net->rate;
	p->check = net->firewall && !filter_is_external();
	if (p->check)
		want(p, "filter", p->link.name);
	if (net->rate)
		want(p, "rate", p->link.name);
	if (p->apart) {
		want(p, "link", p->fwpr);
		want(p, "link", p->fwbr);
	}
	if (p->ovs)
		want(p, "ovs", p->apart ? p->fwpr : p->link.name);
	else if (net->tag && !p->bridge.vlan_aware)
		vlan_bridge_name(p->vlan_bridge, net->bridge, net->tag);
	if (*p->vlan_bridge)
		want(p, "vlan", p->vlan_bridge);
}

int wiring_open(const struct conf *conf, const struct net *net, const char *link,
		struct wiring *ret, struct err *e)
{
	*ret = (struct wiring){ .conf = conf, .net = net };
	snprintf(ret->link.name, sizeof ret->link.name, "%s", link);
	ifname(ret->fwbr, "fwbr", conf->ctid, net->index);
	ifname(ret->fwpr, "fwpr", conf->ctid, net->index);
	ifname(ret->fwln, "fwln", conf->ctid, net->index);
	return netlink_open(&ret->nl, e);
}

int wiring_plan(struct wiring *p, struct err *e)
{
	int r = wiring_is_plugged(p->net) ? find_bridge(p, e) : 0;

	if (r < 0 || !wiring_is_plugged(p->net))
		return r;
	r = check_bridge(p, e);
	p->mtu = p->net->mtu ? p->net->mtu : p->bridge.mtu;
	if (r == 0)
		list_needed(p);
	return r;
}

void wiring_close(struct wiring *p)
{
	strv_free(p->old);
	strv_free(p->things);
	netlink_close(p->nl);
}

/*
 * A bridge without an explicit MTU takes the lowest MTU of its ports, so one container would change
 * it for all.  Setting the bridge's current MTU makes it explicit.
 */
static int keep_mtu(struct wiring *p, const struct link *bridge, struct err *e)
{
	struct link_change back = { .mtu = bridge->mtu };
	struct link now;
	int r;

	if (p->mtu >= bridge->mtu)
		return 0;
	r = netlink_get(p->nl, bridge->name, &now, e);
	return r < 0 || now.mtu >= bridge->mtu ? r : netlink_set(p->nl, &now, &back, e);
}

/* If the bridge vanished meanwhile, the kernel only reports "invalid". */
static int join(struct wiring *p, const struct link *port, const struct link *bridge, bool up,
		struct err *e)
{
	struct link_change change = { .mtu = p->mtu, .master = bridge->index, .up = up };
	int r = netlink_set(p->nl, port, &change, e);
	struct link gone;

	if (r < 0 && netlink_get(p->nl, bridge->name, &gone, NULL) == -ENODEV)
		return err_set(e, ENODEV, bridge->name, "the bridge has vanished");
	return r < 0 ? r : keep_mtu(p, bridge, e);
}

struct port_vlans wiring_vlans(const struct net *net)
{
	static const struct vlan_range all = { 2, 4094 };
	struct port_vlans vlans = { net->tag ? net->tag : 1, net->trunks, net->n_trunks };

	/* As in Proxmox VE: without tag and trunks, a port gets all VLANs. */
	if (!net->tag && !net->n_trunks) {
		vlans.trunks = &all;
		vlans.n_trunks = 1;
	}
	return vlans;
}

/* Set the VLANs before the port passes frames. */
static int join_aware(struct wiring *p, const struct link *port, struct err *e)
{
	struct port_vlans vlans = wiring_vlans(p->net);
	struct link_change down = { .down = true }, up = { .up = true };
	int r = 0;

	if (port->master != p->bridge.index)
		r = netlink_set(p->nl, port, &down, e);
	if (r == 0)
		r = join(p, port, &p->bridge, false, e);
	if (r == 0)
		r = netlink_set_vlans(p->nl, port, &vlans, e);
	return r < 0 ? r : netlink_set(p->nl, port, &up, e);
}

/* A port of the switch cannot join a kernel bridge, and vice versa. */
static int leave(struct wiring *p, const struct link *port, struct err *e)
{
	struct link_change out = { .master = LINK_NO_MASTER };
	autofree char *thing = xasprintf("ovs %s", port->name);
	bool was = strv_has(p->old, thing), is = strv_has(p->things, thing);

	if (was && !is)
		return ovs_del_port(port->name, e);
	return !was && is ? netlink_set(p->nl, port, &out, e) : 0;
}

static int join_ovs(struct wiring *p, const struct link *port, struct err *e)
{
	struct link_change change = { .mtu = p->mtu, .up = true };
	int r = ovs_add_port(p->net->bridge, port->name, p->net, e);

	return r < 0 ? r : netlink_set(p->nl, port, &change, e);
}

static int connect_port(struct wiring *p, const struct link *port, struct err *e)
{
	struct link vlan;
	int r = leave(p, port, e);

	if (r < 0)
		return r;
	if (p->ovs)
		return join_ovs(p, port, e);
	if (p->bridge.vlan_aware)
		return join_aware(p, port, e);
	if (!*p->vlan_bridge)
		return join(p, port, &p->bridge, true, e);
	r = vlan_bridge_make(p->nl, &p->bridge, p->net->tag, &vlan, e);
	return r < 0 ? r : join(p, port, &vlan, true, e);
}

/* Find or create the firewall bridge. */
static int need_bridge(struct wiring *p, struct link *ret, struct err *e)
{
	struct link_change up = { .up = true };
	int r = netlink_get(p->nl, p->fwbr, ret, e);

	if (r == -ENODEV) {
		r = netlink_add_bridge(p->nl, p->fwbr, e);
		if (r == 0)
			r = netlink_get(p->nl, p->fwbr, ret, e);
	}
	return r < 0 ? r : netlink_set(p->nl, ret, &up, e);
}

static int need_pair(struct wiring *p, struct link *fwpr, struct link *fwln, struct err *e)
{
	struct link_change peer = { .name = p->fwln, .mtu = p->mtu };
	int r = netlink_get(p->nl, p->fwpr, fwpr, e);

	if (r == -ENODEV) {
		r = netlink_add_veth(p->nl, p->fwpr, p->mtu, &peer, e);
		if (r == 0)
			r = netlink_get(p->nl, p->fwpr, fwpr, e);
	}
	return r < 0 ? r : netlink_get(p->nl, p->fwln, fwln, e);
}

static int set_filter(struct wiring *p, struct err *e)
{
	autofree char *rules = p->check ? filter_rules(p->net, p->link.name) : xstrdup("");

	return port_filter(p->net->rate, p->link.name, p->fwln, rules, e);
}

/* veth -> fwbr <- fwln = fwpr -> bridge */
static int connect_firewall(struct wiring *p, struct err *e)
{
	struct link fwbr = { 0 }, fwpr, fwln;
	int r = need_bridge(p, &fwbr, e);

	if (r == 0)
		r = need_pair(p, &fwpr, &fwln, e);
	/* Before any frame can pass. */
	if (r == 0 && (p->check || p->net->rate || p->old))
		r = set_filter(p, e);
	if (r == 0)
		r = connect_port(p, &fwpr, e);
	fwbr.mtu = 0; /* follows its ports */
	if (r == 0)
		r = join(p, &fwln, &fwbr, true, e);
	if (r == 0)
		r = leave(p, &p->link, e);
	return r < 0 ? r : join(p, &p->link, &fwbr, true, e);
}

static int connect_link(struct wiring *p, struct err *e)
{
	struct link_change out = { .master = LINK_NO_MASTER, .down = p->net->link_down };
	int r;

	if (!wiring_is_plugged(p->net)) {
		r = leave(p, &p->link, e);
		return r < 0 ? r : netlink_set(p->nl, &p->link, &out, e);
	}
	return p->apart ? connect_firewall(p, e) : connect_port(p, &p->link, e);
}

/* Record the old and the new objects; those in both are recorded already. */
static int write_union(struct wiring *p, struct err *e)
{
	char **all = NULL;
	int r = 0;

	for (char **thing = p->old; thing && *thing; thing++)
		strv_push(&all, *thing);
	for (char **thing = p->things; thing && *thing; thing++)
		if (!strv_has(p->old, *thing))
			strv_push(&all, *thing);
	if (strv_len(all) != strv_len(p->old))
		r = port_undo_write(p->conf->ctid, p->net->index, all, e);
	strv_free(all);
	return r;
}

/* Undo the recorded objects except keep; those that cannot be undone stay recorded. */
static int undo(struct netlink *nl, unsigned ctid, unsigned n, char *const *old, char *const *keep,
		struct err *e)
{
	char **left = NULL;
	struct err later;
	int first = 0, r;

	for (char *const *thing = keep; thing && *thing; thing++)
		strv_push(&left, *thing);
	for (size_t i = 0; i < strv_len(old); i++) {
		if (strv_has((char **)keep, old[i]))
			continue;
		r = port_undo(nl, ctid, n, old[i], first ? &later : e);
		if (r < 0)
			strv_push(&left, old[i]);
		first = first ? first : r;
	}
	r = port_undo_write(ctid, n, left, first ? &later : e);
	strv_free(left);
	return first ? first : r;
}

/* Undo everything; keeps the error that e already holds. */
static void give_up(struct wiring *p)
{
	struct link_change out = { .master = LINK_NO_MASTER };
	char **all = port_undo_read(p->conf->ctid, p->net->index);

	if (p->link.index)
		netlink_set(p->nl, &p->link, &out, NULL);
	if (all)
		undo(p->nl, p->conf->ctid, p->net->index, all, NULL, NULL);
	strv_free(all);
}

static int wire(struct wiring *p, struct err *e)
{
	autoclose int lock = -1;
	int r = wiring_plan(p, e);

	if (p->old || p->things) {
		lock = port_lock(e);
		if (lock < 0)
			return lock;
	}
	if (r == 0)
		r = write_union(p, e);
	if (r == 0)
		r = connect_link(p, e);
	if (r == 0 && p->old)
		r = undo(p->nl, p->conf->ctid, p->net->index, p->old, p->things, e);
	if (r < 0)
		give_up(p);
	return r;
}

int port_plug(const struct conf *conf, const struct net *net, const char *link, struct err *e)
{
	struct wiring p;
	int r = wiring_open(conf, net, link, &p, e);

	if (r == 0)
		r = netlink_get(p.nl, link, &p.link, e);
	if (r == 0) {
		p.old = port_undo_read(conf->ctid, net->index);
		r = wire(&p, e);
	}
	wiring_close(&p);
	return r;
}

int port_unplug(unsigned ctid, unsigned n, struct err *e)
{
	char **old = port_undo_read(ctid, n);
	struct netlink *nl = NULL;
	autoclose int lock = -1;
	int r = 0;

	if (!old)
		return 0;
	lock = port_lock(e);
	r = lock < 0 ? lock : netlink_open(&nl, e);
	if (r == 0)
		r = undo(nl, ctid, n, old, NULL, e);
	netlink_close(nl);
	strv_free(old);
	return r;
}

void port_sweep(unsigned ctid)
{
	autofree char *run = path_ct_run(ctid);
	DIR *dir = file_open_folder(AT_FDCWD, run);
	struct dirent *entry;
	unsigned n;

	while (dir && (entry = readdir(dir)))
		if (runfile_net(entry->d_name, RUNFILE_NET, &n) && n < CONF_MAX_NETS)
			port_unplug(ctid, n, NULL);
	if (dir)
		closedir(dir);
}

static int exec_counters(void *arg, int out_fd, struct err *e)
{
	autofree char *program = xasprintf("%s/pct-net", path_hooks());
	char (*names)[16] = arg;

	if (dup2(out_fd, STDOUT_FILENO) < 0)
		return err_sys(e, program, "pass on its output");
	execl(program, "pct-net", "counters", names[0], names[1], (char *)NULL);
	return err_sys(e, program, "run");
}

int port_counters(unsigned ctid, unsigned n, struct port_counters *ret, struct err *e)
{
	struct port_counters counters = { 0 };
	char **made = port_undo_read(ctid, n);
	autofree char *text = NULL;
	char names[2][16];
	int r = 0;

	ifname(names[0], "veth", ctid, n);
	ifname(names[1], "fwln", ctid, n);
	if (made)
		r = run_confined(-1, exec_counters, names, &text, 4096, e);
	if (r == 0 && text &&
	    sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &counters.spoofed,
		   &counters.spoofed_bytes, &counters.over) != 3)
		r = err_set(e, EIO, names[0], "pct-net gave no counters");
	strv_free(made);
	if (r == 0)
		*ret = counters;
	return r;
}
