/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing a container that runs, in steps: each brings one part of it from what one config says to
 * what another one says, is undone by the way back, and does no harm when done twice.
 */
#include "ct/live.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/runtime/cgroup-limits.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/lower.h"
#include "lib/runtime/runtime.h"
#include "setup/confined.h"

enum { LIMITS = 1, UTS_NAME = 2, NETS = 4, FILES = 8 };

/* The steps that a change of an option takes. */
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
	{ "netN", NETS | FILES },
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

static int change_uts_name(struct live *l, const struct conf_file *from,
			   const struct conf_file *to, struct err *e)
{
	char name[UTS_NAME_SIZE];

	(void)from;
	lower_uts_name(conf_values(to), name);
	return guest_set_hostname(l->init, name, e);
}

bool live_differs(const struct conf_file *from, const struct conf_file *to, const char *option)
{
	autofree char *old = conf_get(from, option), *new = conf_get(to, option);

	return !str_eq(old, new);
}

static int need_init(struct live *l, struct err *e)
{
	if (l->init < 0)
		l->init = runtime_init_pidfd(l->ctid, e);
	return l->init < 0 ? err_code(e) : 0;
}

/* One that no boot starts reads nothing. */
static bool runs_consumer(const struct report *r)
{
	for (size_t i = 0; i < r->n_consumers; i++)
		if (str_eq(r->consumers[i].name, r->consumer))
			return r->consumers[i].enabled;
	return false;
}

/* What a start would write for it, in the tree that init sees. */
static int set_up(struct live *l, const struct conf *conf, unsigned flags, struct report *ret,
		  struct err *e)
{
	struct host_facts facts = { .resolv_conf = hostinfo_resolv_conf(),
				    .timezone = hostinfo_timezone(),
				    .now = hostinfo_now() };
	struct idmap map;
	int r = conf->mapped ? conf_idmap(conf, &map, e) : 0;

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

/* Its client may have written them, and would not again before its time. */
static bool keeps_lease(const struct conf_file *from, const struct conf_file *to)
{
	const struct conf *conf = conf_values(to);

	for (size_t i = 0; i < conf->n_nets; i++) {
		const struct net *net = &conf->nets[i];
		autofree char *option = xasprintf("net%u", net->index);

		if (!net->host_managed && !live_differs(from, to, option) &&
		    (net->ip4.method == IP_DHCP || net->ip6.method == IP_DHCP))
			return !live_differs(from, to, "nameserver") &&
			       !live_differs(from, to, "searchdomain");
	}
	return false;
}

static int change_files(struct live *l, const struct conf_file *from, const struct conf_file *to,
			struct err *e)
{
	struct report report = { 0 };
	unsigned flags = keeps_lease(from, to) ? SETUP_KEEP_DNS : 0;
	int r = set_up(l, conf_values(to), flags, &report, e);

	for (size_t i = 0; i < report.n_changes; i++) {
		l->nets_changed |= str_eq(report.changes[i].step, "network");
		l->dns_changed |= str_eq(report.changes[i].step, "resolv.conf");
	}
	if (r == 0)
		ct_note_warnings(l->ct, &report);
	report_done(&report);
	return r;
}

int live_look(struct live *l, const struct conf *conf, struct err *e)
{
	struct report report = { 0 };
	int r = l->consumer ? 0 : need_init(l, e);

	if (r == 0 && !l->consumer)
		r = set_up(l, conf, SETUP_DRY, &report, e);

	report_done(&report);
	return r;
}

/* In this order, which begins with what is refused most. */
static const struct step {
	unsigned bit;
	const char *what;
	int (*run)(struct live *l, const struct conf_file *from, const struct conf_file *to,
		   struct err *e);
} steps[] = {
	{ LIMITS, "limits", change_limits },
	{ UTS_NAME, "host name", change_uts_name },
	{ NETS, "networks", live_change_nets },
	{ FILES, "files in the container", change_files },
};

static unsigned steps_of(const char *option)
{
	const char *name = conf_option_find(option)->name; /* netN of net3 */

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (str_eq(options[i].option, name))
			return options[i].steps;
	return 0;
}

bool live_can(struct live *l, const char *option, const struct conf_file *from,
	      const struct conf_file *to)
{
	unsigned wanted = steps_of(option);

	return wanted & NETS ? live_can_net(l, conf_values(from), conf_values(to),
					    (unsigned)strtoul(option + 3, NULL, 10)) :
			       wanted != 0;
}

static unsigned steps_for(const char *option, const struct conf_file *from,
			  const struct conf_file *to)
{
	return live_differs(from, to, option) ? steps_of(option) : 0;
}

static unsigned steps_between(const struct conf_file *from, const struct conf_file *to)
{
	unsigned wanted = 0;

	for (const struct conf_option *o = conf_options; o->name; o++)
		if (!str_eq(o->name, "netN"))
			wanted |= steps_for(o->name, from, to);
	for (unsigned n = 0; n < CONF_MAX_NETS; n++) {
		autofree char *option = xasprintf("net%u", n);

		wanted |= steps_for(option, from, to);
	}
	return wanted;
}

/* From the step that failed back to the first; what cannot be undone is added to the error. */
static void undo(struct live *l, const struct step *step, unsigned wanted,
		 const struct conf_file *from, const struct conf_file *to, struct err *e)
{
	bool failed = false;

	err_wrap(e, "%s", step->what);
	for (; step >= steps; step--) {
		struct err late = { 0 };

		if (!(step->bit & wanted) || step->run(l, to, from, &late) == 0)
			continue;
		err_remedy(e, "and undoing it failed: %s: %s; pct reboot %u makes it as the config "
			      "says", late.object, late.cause, l->ctid);
		failed = true;
	}
	if (!failed) {
		autofree char *remedy = xstrdup(e ? e->remedy : "");

		err_remedy(e, "all is as it was before%s%s", *remedy ? "; " : "", remedy);
	}
}

void live_done(struct live *l)
{
	if (l->init >= 0)
		close(l->init);
	free(l->consumer);
	free(l->resolver);
}

int live_apply(struct live *l, const struct conf_file *from, const struct conf_file *to,
	       struct err *e)
{
	unsigned wanted = steps_between(from, to);

	if (wanted && need_init(l, e) < 0)
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
