/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the networks of a running container: both ends of each veth, addresses and routes.  Each
 * network is changed to the new config whatever its current state is, so the same code undoes a
 * failed change.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ct/ct.h"
#include "ct/live/live.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/ifname.h"
#include "lib/net/autoconf.h"
#include "lib/net/host-managed.h"
#include "lib/net/netconf.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/netstate.h"
#include "lib/net/port.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/runtime.h"

struct job {
	struct live *live;
	const struct conf *from, *to;
	struct netlink *here, *inside;
};

const struct net *live_net(const struct conf *conf, unsigned n)
{
	for (size_t i = 0; i < conf->n_nets; i++)
		if (conf->nets[i].index == n)
			return &conf->nets[i];
	return NULL;
}

unsigned live_net_concerns(const struct net *old, const struct net *new)
{
	unsigned concerns = conf_net_concerns(old, new);

	return concerns ? concerns : conf_net_concerns(NULL, new);
}

static bool is_found_inside(const struct net *net, const struct net_family *f)
{
	return !net->host_managed && (f->method == IP_DHCP || f->method == IP_AUTO);
}

/* Whether the new network needs a program in the container to start, or to read its files. */
static bool needs_inside(const struct net *old, const struct net *new)
{
	return (is_found_inside(new, &new->ip4) &&
		(old->host_managed || old->ip4.method != new->ip4.method)) ||
	       (is_found_inside(new, &new->ip6) &&
		(old->host_managed || old->ip6.method != new->ip6.method ||
		 !ip_equal(&old->ip6.token, &new->ip6.token)));
}

bool live_can_net(struct live *l, const struct conf *from, const struct conf *to, unsigned n)
{
	static const struct net none = { 0 };
	const struct net *old = live_net(from, n), *new = live_net(to, n);

	if (!new || !needs_inside(old ? old : &none, new))
		return true;
	return live_is_told(live_consumer(l, to));
}

/*
 * Finds the peer of link in the container, by its old or its new name.  An interface that the
 * container moved or renamed is left alone: -ENODEV.
 */
static int find_inside(const struct job *job, const struct link *link, const char *name,
		       const char *other, struct link *ret, struct err *e)
{
	struct netstate_link states[2] = { { .index = 0 } };
	int r;

	snprintf(states[0].name, sizeof states[0].name, "%s", name);
	snprintf(states[1].name, sizeof states[1].name, "%s", other);
	r = netstate_read(job->inside, 0, states, ARRAY_SIZE(states), e);
	for (size_t i = 0; i < ARRAY_SIZE(states) && r == 0; i++)
		if (states[i].index && states[i].index == link->peer &&
		    states[i].peer == link->index) {
			*ret = (struct link){ .index = states[i].index, .mtu = states[i].mtu,
					      .up = states[i].up };
			snprintf(ret->name, sizeof ret->name, "%s", states[i].name);
			r = 1;
		}
	netstate_done(states, ARRAY_SIZE(states));
	if (r == 0)
		return err_set(e, ENODEV, name, "the container renamed or moved the interface");
	return r < 0 ? r : 0;
}

/* Kernels before 6.2 cannot rename an interface that is up. */
static int set_name(const struct job *job, struct link *link, const char *name, struct err *e)
{
	struct link_change change = { .name = name }, down = { .down = true }, up = { .up = true };
	int r;

	if (str_eq(link->name, name))
		return 0;
	r = netlink_set(job->inside, link, &change, e);
	if (r == -EBUSY && link->up) {
		r = netlink_set(job->inside, link, &down, e);
		if (r == 0)
			r = netlink_set(job->inside, link, &change, e);
		if (netlink_set(job->inside, link, &up, NULL) < 0 && r == 0)
			r = err_set(e, EIO, name, "cannot be brought up again");
	}
	if (r == 0)
		snprintf(link->name, sizeof link->name, "%s", name);
	return r;
}

/* Announces the new address; without this, peers would notice it after half a minute. */
static int set_hwaddr(const struct job *job, const struct link *link, const char *old,
		      const char *hwaddr, struct err *e)
{
	struct link_change change = { .hwaddr = hwaddr };
	bool announced = false;
	int r = hwaddr ? netlink_set_announce(job->inside, link->index, true, &announced, e) : 0;

	if (r < 0 || !hwaddr)
		return r;
	r = netlink_set(job->inside, link, &change, e);
	netlink_set_announce(job->inside, link->index, announced, NULL, NULL);
	return r < 0 || !old ? r : autoconf_set_link_local(job->inside, link->name, old, e);
}

static int add_pair(const struct job *job, const struct net *net, const char *name, struct err *e)
{
	unsigned bridge = net->bridge ? netlink_bridge_mtu(net->bridge) : 0;
	unsigned mtu = net->mtu ? net->mtu : bridge;
	pid_t init = guest_pid(job->live->init);
	struct link_change peer = { .name = net->name, .netns = init, .mtu = mtu,
				    .hwaddr = net->hwaddr };

	if (!init)
		return err_set(e, ESRCH, "the container's init", "does not run any more");
	return netlink_add_veth(job->here, name, mtu, &peer, e);
}

/* old: the network before; NULL: it is new. */
static int set_link(const struct job *job, const struct net *old, const struct net *net,
		    const struct link *host, bool is_new, struct err *e)
{
	struct link_change change = { .up = is_new };
	struct link link = { 0 };
	int r = find_inside(job, host, old ? old->name : net->name, net->name, &link, e);

	if (r < 0)
		return r;
	/* Keep an MTU that the container has set, unless it exceeds the MTU of the host end. */
	if (is_new || link.mtu > host->mtu || (old && old->mtu != net->mtu) ||
	    (old && !str_eq(old->bridge, net->bridge)))
		change.mtu = host->mtu;
	r = set_name(job, &link, net->name, e);
	if (r == 0 && old && !str_eq(old->hwaddr, net->hwaddr))
		r = set_hwaddr(job, &link, old->hwaddr, net->hwaddr, e);
	return r < 0 ? r : netlink_set(job->inside, &link, &change, e);
}

/* concerns: the CONF_NET_* parts to set; of a new interface, all. */
static int put_net(const struct job *job, const struct net *old, const struct net *net,
		   unsigned concerns, struct err *e)
{
	struct link link;
	bool is_new = false;
	char name[16];
	int r;

	ifname(name, "veth", job->to->ctid, net->index);
	r = netlink_get(job->here, name, &link, e);
	if (r == -ENODEV) {
		is_new = true;
		concerns = conf_net_concerns(NULL, net);
		r = add_pair(job, net, name, e);
	}
	if (r == 0 && concerns & CONF_NET_PORT)
		r = port_plug(job->to, net, name, e);
	if (r == 0)
		r = netlink_get(job->here, name, &link, e);
	if (r == 0 && concerns & CONF_NET_LINK)
		r = set_link(job, old, net, &link, is_new, e);
	/* A new interface has no old addresses to remove. */
	if (r == 0 && concerns & CONF_NET_ADDRESSES)
		r = hostnet_apply(job->to, job->live->init, is_new ? NULL : old, net, e);
	return r;
}

static int remove_net(const struct job *job, unsigned n, struct err *e)
{
	char name[16];
	int r;

	hostnet_stop(job->to->ctid, n);
	r = port_unplug(job->to->ctid, n, e);
	ifname(name, "veth", job->to->ctid, n);
	return r < 0 ? r : netlink_del(job->here, name, e);
}

/* Whether another network gets the name of this one. */
static bool is_in_the_way(const struct job *job, const struct net *old)
{
	const struct net *named = conf_net_named(job->to, old->name);

	return named && named->index != old->index;
}

/* Adds before it removes, except for a removed network whose name is used again. */
static int change_all(const struct job *job, const bool differs[CONF_MAX_NETS], struct err *e)
{
	enum { IN_THE_WAY, PUT, REMOVE, N_PASSES };
	int r = 0;

	for (int pass = 0; pass < N_PASSES; pass++)
		for (unsigned n = 0; n < CONF_MAX_NETS && r == 0; n++) {
			const struct net *old = live_net(job->from, n), *new = live_net(job->to, n);

			if (!differs[n] || !new != (pass != PUT))
				continue;
			if (new)
				r = put_net(job, old, new, live_net_concerns(old, new), e);
			else if (is_in_the_way(job, old) == (pass == IN_THE_WAY))
				r = remove_net(job, n, e);
			if (r < 0)
				err_wrap(e, "net%u", n);
		}
	return r < 0 ? r : netconf_fill_gaps(job->inside, job->to, e);
}

int live_change_nets(struct live *l, const struct conf_file *from, const struct conf_file *to,
		     struct err *e)
{
	struct job job = { .live = l, .from = conf_values(from), .to = conf_values(to) };
	bool differs[CONF_MAX_NETS];
	int r = netlink_open(&job.here, e);

	for (unsigned n = 0; n < CONF_MAX_NETS; n++) {
		autofree char *option = xasprintf("net%u", n);

		differs[n] = live_differs(l, option);
	}
	if (r == 0)
		r = netns_open_pidfd(l->init, &job.inside, e);
	if (r == 0)
		r = change_all(&job, differs, e);
	netlink_close(job.here);
	netlink_close(job.inside);
	return r;
}

/* ---- repair ---- */

/*
 * Whether the host's end would drop frames of the container's end, as its MTU is smaller.  The
 * container may rename its interface, and set a smaller MTU.
 */
static bool exceeds(const struct job *job, const struct net *net, struct link *host,
		    struct link *inside)
{
	char name[16];

	ifname(name, "veth", job->to->ctid, net->index);
	return netlink_get(job->here, name, host, NULL) == 0 &&
	       find_inside(job, host, net->name, net->name, inside, NULL) == 0 &&
	       inside->mtu > host->mtu;
}

static int find_fault_inside(const struct job *job, const struct net *net, char **ret,
			     struct err *e)
{
	struct link host = { 0 }, link = { 0 };
	int r = 0;

	if (exceeds(job, net, &host, &link))
		*ret = xasprintf("%s has an MTU of %u, but %s has %u", net->name, link.mtu,
				 host.name, host.mtu);
	else if (hostnet_lacks_client(job->to->ctid, net))
		*ret = xasprintf("the DHCP client of %s has ended", net->name);
	else if (net->host_managed)
		r = netconf_find_fault(job->inside, job->to, net, ret, e);
	return r;
}

static int find_fault(const struct job *job, const struct net *net, char **ret, struct err *e)
{
	char *fault = NULL;
	int r = port_find_fault(job->to, net, &fault, e);

	if (r == 0 && !fault)
		r = find_fault_inside(job, net, &fault, e);
	*ret = fault;
	return r;
}

static int open_job(struct live *l, const struct conf *conf, struct job *ret, struct err *e)
{
	int r;

	*ret = (struct job){ .live = l, .from = conf, .to = conf };
	l->init = runtime_init_pidfd(conf->ctid, e);
	r = l->init < 0 ? l->init : netlink_open(&ret->here, e);
	return r < 0 ? r : netns_open_pidfd(l->init, &ret->inside, e);
}

static void close_job(struct job *job)
{
	netlink_close(job->here);
	netlink_close(job->inside);
	live_done(job->live);
}

int ct_find_net_fault(const struct conf *conf, const struct net *net, char **ret, struct err *e)
{
	struct live l = { .ctid = conf->ctid, .init = -1 };
	struct job job;
	int r = open_job(&l, conf, &job, e);

	*ret = NULL;
	if (r == 0)
		r = find_fault(&job, net, ret, e);
	close_job(&job);
	return r;
}

static int repair(const struct job *job, const struct net *net, struct err *e)
{
	unsigned concerns = CONF_NET_PORT | (net->host_managed ? CONF_NET_ADDRESSES : 0);
	struct link host = { 0 }, link = { 0 };
	autofree char *left = NULL;
	int r = put_net(job, net, net, concerns, e);

	if (r == 0 && exceeds(job, net, &host, &link)) {
		struct link_change lower = { .mtu = host.mtu };

		r = netlink_set(job->inside, &link, &lower, e);
	}
	if (r == 0)
		r = find_fault(job, net, &left, e);
	return left ? err_set(e, EIO, NULL, "cannot be repaired: %s", left) : r;
}

int ct_repair_net(const struct ct *ct, const struct net *net, char **ret, struct err *e)
{
	const struct conf *conf = conf_values(ct->file);
	struct live l = { .ctid = conf->ctid, .init = -1 };
	struct job job;
	int r = open_job(&l, conf, &job, e);

	*ret = NULL;
	if (r == 0)
		r = find_fault(&job, net, ret, e);
	if (r == 0 && *ret)
		r = repair(&job, net, e);
	close_job(&job);
	return r;
}
