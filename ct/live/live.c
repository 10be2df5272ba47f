/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes a running container in steps.  Each step changes one part from one config to another;
 * with the configs swapped, it undoes the change.  Steps are idempotent.
 */
#include "ct/live/live.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/own-volumes.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/runtime/cgroup-limits.h"
#include "lib/runtime/frozen.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/lower/lower.h"
#include "lib/runtime/runtime.h"
#include "setup/confined.h"

enum { LIMITS = 1, UTS_NAME = 2, NETS = 4, FILES = 8, VOLUMES = 16, DEVICES = 32 };

/* The steps of each option.  The steps of netN depend on its words: steps_of(). */
static const struct {
	const char *option;
	unsigned steps;
} options[] = {
	{ "memory", LIMITS },
	{ "swap", LIMITS },
	{ "cpulimit", LIMITS },
	{ "cpuunits", LIMITS },
	{ "cores", LIMITS },
	{ "hostname", UTS_NAME | FILES },
	{ "nameserver", FILES },
	{ "searchdomain", FILES },
	{ "timezone", FILES },
};

static int change_limits(struct live *l, const struct conf_file *from,
			 const struct conf_file *to, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int r = ct_limits(from, &old, e);

	if (r == 0)
		r = ct_limits(to, &new, e);
	return r < 0 ? r
		     : cgroup_limits_change(l->ctid, old, new,
					    (unsigned)sysconf(_SC_NPROCESSORS_ONLN), e);
}

bool live_differs(const struct live *l, const char *option)
{
	return conf_changes_find(&l->changes, option);
}

int live_need_init(struct live *l, struct err *e)
{
	if (l->init < 0)
		l->init = runtime_init_pidfd(l->ctid, e);
	return l->init < 0 ? err_code(e) : 0;
}

/* A consumer that is not enabled at boot does not read its files. */
static bool runs_consumer(const struct report *r)
{
	for (size_t i = 0; i < r->n_consumers; i++)
		if (str_eq(r->consumers[i].name, r->consumer))
			return r->consumers[i].enabled;
	return false;
}

/* Writes the files that a start would write, in the mount namespace of init. */
static int set_up(struct live *l, const struct conf *conf, unsigned flags, struct report *ret,
		  struct err *e)
{
	struct host_facts facts = { .resolv_conf = hostinfo_resolv_conf(),
				    .timezone = hostinfo_timezone(),
				    .now = hostinfo_now() };
	autovolumes volumes = { 0 };
	struct idmap map;
	int r = conf->mapped ? conf_idmap(conf, &map, e) : 0;

	ct_own_volumes(l->ctid, &volumes);
	facts.volumes = &volumes;
	if (r == 0)
		r = setup_running(PHASE_LIVE, conf, l->init, conf->mapped ? &map : NULL,
				  &facts, flags, ret, e);
	free(facts.resolv_conf);
	free(facts.timezone);
	if (r < 0)
		return r;
	free(l->consumer);
	free(l->resolver);
	l->consumer = xstrdup(runs_consumer(ret) ? ret->consumer : NULL);
	l->resolver = xstrdup(ret->resolver);
	return 0;
}

/* liblxc sets the name of the config, and most inits then set that of their file. */
static int change_uts_name(struct live *l, const struct conf_file *from,
			   const struct conf_file *to, struct err *e)
{
	struct report report = { 0 };
	char name[UTS_NAME_SIZE];
	int r = set_up(l, conf_values(to), SETUP_DRY, &report, e);

	(void)from;
	if (r < 0)
		return r;
	lower_uts_name(conf_values(to), name);
	r = guest_set_hostname(l->init, report.hostname ? report.hostname : name, e);
	report_done(&report);
	return r;
}

/*
 * Whether resolv.conf stays as it is: a DHCP client may have written it, and would not write it
 * again before it renews its lease.
 */
static bool keeps_lease(const struct live *l, const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_nets; i++) {
		const struct net *net = &conf->nets[i];
		autofree char *option = xasprintf("net%u", net->index);
		const struct conf_change *c = conf_changes_find(&l->changes, option);

		if (!net->host_managed && (!c || str_eq(c->old, c->new)) &&
		    (net->ip4.method == IP_DHCP || net->ip6.method == IP_DHCP))
			return !live_differs(l, "nameserver") && !live_differs(l, "searchdomain");
	}
	return false;
}

static int change_files(struct live *l, const struct conf_file *from, const struct conf_file *to,
			struct err *e)
{
	struct report report = { 0 };
	unsigned flags = keeps_lease(l, conf_values(to)) ? SETUP_KEEP_DNS : 0;
	int r = set_up(l, conf_values(to), flags, &report, e);

	(void)from;
	for (size_t i = 0; i < report.n_changes; i++) {
		l->nets_changed |= str_eq(report.changes[i].step, "network");
		l->dns_changed |= str_eq(report.changes[i].step, "resolv.conf");
	}
	if (r == 0)
		ct_note_warnings(l->ct, &report);
	report_done(&report);
	return r;
}

const char *live_consumer(struct live *l, const struct conf *conf)
{
	struct report report = { 0 };

	if (!l->looked && live_need_init(l, NULL) == 0)
		set_up(l, conf, SETUP_DRY, &report, NULL);
	l->looked = true;
	report_done(&report);
	return l->consumer;
}

/* In order of execution.  The step that fails most often comes first. */
static const struct step {
	unsigned bit;
	const char *what;
	int (*run)(struct live *l, const struct conf_file *from, const struct conf_file *to,
		   struct err *e);
} steps[] = {
	{ LIMITS, "limits", change_limits },
	{ VOLUMES, "mount points", live_change_volumes },
	{ DEVICES, "devices", live_change_devices },
	{ UTS_NAME, "host name", change_uts_name },
	{ NETS, "networks", live_change_nets },
	{ FILES, "files in the container", change_files },
};

static unsigned steps_of(const struct conf_change *c, const struct conf_file *from,
			 const struct conf_file *to)
{
	unsigned concerns;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (str_eq(options[i].option, c->name))
			return options[i].steps;
	if (str_eq(c->option->name, "mpN"))
		return VOLUMES;
	if (str_eq(c->option->name, "devN"))
		return DEVICES;
	if (!str_eq(c->option->name, "netN"))
		return 0;
	concerns = live_net_concerns(live_net(conf_values(from), c->index),
				     live_net(conf_values(to), c->index));
	return (concerns & (CONF_NET_LINK | CONF_NET_ADDRESSES | CONF_NET_PORT) ? NETS : 0) |
	       (concerns & CONF_NET_FILES ? FILES : 0);
}

bool live_can(struct live *l, const struct conf_change *c, const struct conf_file *from,
	      const struct conf_file *to)
{
	if (str_eq(c->option->name, "netN"))
		return live_can_net(l, conf_values(from), conf_values(to), c->index);
	if (str_eq(c->option->name, "mpN"))
		return live_can_volume(l, conf_values(from), conf_values(to), c->name);
	if (str_eq(c->option->name, "devN"))
		return live_can_device(l, conf_values(from), conf_values(to), c->name);
	return steps_of(c, from, to) != 0;
}

bool live_again(struct live *l, const char *option, const struct conf_file *to)
{
	autofree char *value = conf_get(to, option);
	const struct conf_option *o = conf_option_find(option);
	bool known = o && str_eq(o->name, "netN");

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		known |= str_eq(options[i].option, option);
	if (!known || !value)
		return false;
	strv_push(&l->again, option);
	return true;
}

/* Stores the differences of the configs in l, and returns the steps that they need. */
static unsigned compare(struct live *l, const struct conf_file *from, const struct conf_file *to)
{
	unsigned wanted = 0;

	conf_changes_done(&l->changes);
	conf_diff(from, to, &l->changes);
	for (char **option = l->again; option && *option; option++) {
		autofree char *value = conf_get(to, *option);

		conf_change_add(&l->changes, *option, value, value);
	}
	for (size_t i = 0; i < l->changes.n; i++)
		wanted |= steps_of(&l->changes.v[i], from, to);
	return wanted;
}

/* Undoes the failed step and all steps before it.  Adds failures of the undoing to the error. */
static void undo(struct live *l, const struct step *step, unsigned wanted,
		 const struct conf_file *from, const struct conf_file *to, struct err *e)
{
	bool failed = false;

	err_wrap(e, "%s", step->what);
	for (; step >= steps; step--) {
		struct err late = { 0 };

		if (!(step->bit & wanted) || step->run(l, to, from, &late) == 0)
			continue;
		err_remedy(e, "undoing the change failed, too: %s: %s; pct reboot %u applies "
			      "the saved config", late.object, late.cause, l->ctid);
		failed = true;
	}
	if (!failed) {
		autofree char *remedy = xstrdup(e ? e->remedy : "");

		err_remedy(e, "nothing was changed%s%s", *remedy ? "; " : "", remedy);
	}
}

void live_done(struct live *l)
{
	if (l->init >= 0)
		close(l->init);
	free(l->consumer);
	free(l->resolver);
	strv_free(l->again);
	conf_changes_done(&l->changes);
}

int live_apply(struct live *l, const struct conf_file *from, const struct conf_file *to,
	       struct err *e)
{
	unsigned wanted = compare(l, from, to);

	/* Programs inside, which the other steps inform or end, would not answer. */
	if ((wanted & ~(unsigned)LIMITS && frozen_refuse(l->ctid, e) < 0) ||
	    (wanted && live_need_init(l, e) < 0))
		return err_code(e);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int r = (steps[i].bit & wanted) ? steps[i].run(l, from, to, e) : 0;

		if (r < 0) {
			undo(l, &steps[i], wanted, from, to, e);
			return r;
		}
	}
	return 0;
}
