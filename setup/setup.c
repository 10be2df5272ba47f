/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/setup.h"

#include <errno.h>

#include "lib/base/err.h"
#include "lib/base/own-volumes.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/rootfs/rootfs.h"
#include "setup/family/family.h"
#include "setup/managed.h"
#include "setup/net/read-back.h"
#include "setup/net/renderer.h"
#include "setup/step.h"

#define CREATE (1u << PHASE_CREATE)
#define CLONE (1u << PHASE_CLONE)
#define START (1u << PHASE_START)
#define LIVE (1u << PHASE_LIVE)
#define ALWAYS (CREATE | CLONE | START)

/* All steps, in the order of execution.  password and ssh-keys run in all phases, if given. */
const struct step step_list[] = {
	{ "machine-id", CREATE | CLONE, step_machine_id, "Generate a new /etc/machine-id" },
	{ "identity", CLONE, step_identity,
	  "Remove the identity of the original: random seeds, DHCP ids and leases, secrets" },
	{ "snakeoil", CREATE | CLONE, step_snakeoil,
	  "Have ssl-cert generate a new self-signed certificate at the first boot" },
	{ "template", CREATE, step_template,
	  "Repair files of templates that do not work in a container" },
	{ "crontab", CREATE, step_crontab,
	  "Randomize the minutes in /etc/crontab, so that containers do not run jobs at the same "
	  "time" },
	{ "password", ALWAYS | STEP_REQUIRED, step_password,
	  "Set the given password of root" },
	{ "ssh-keys", ALWAYS | STEP_REQUIRED, step_ssh_keys,
	  "Write the given keys to /root/.ssh/authorized_keys" },
	{ "host-keys", ALWAYS | STEP_REQUIRED, step_host_keys, "Write new SSH host keys" },
	{ "dropbear", CREATE | CLONE, step_dropbear,
	  "Remove host keys of dropbear, which makes new ones at boot" },
	{ "presets", CREATE, step_presets,
	  "Enable services that a container needs, disable services that cannot run in it" },
	{ "fastboot", CREATE | START, step_fastboot, "Disable file system checks at boot" },
	{ "getty", CREATE | START, step_getty,
	  "Start a login prompt on the console and on lxc.tty terminals" },
	{ "dhcp-name", ALWAYS | LIVE, step_dhcp_name,
	  "Have lines that tell a DHCP server the container's name follow a rename" },
	{ "network", CREATE | START | LIVE, step_network,
	  "Write network files for the program that reads them" },
	{ "user-data", CREATE | STEP_REQUIRED, step_user_data,
	  "Write the given data for cloud-init to /var/lib/cloud/seed/nocloud" },
	{ "cloud-init", ALWAYS, step_cloud_init,
	  "Report what cloud-init changes at the first boot" },
	{ "nesting", ALWAYS, step_nesting,
	  "Report if the container's systemd needs features nesting=1" },
	{ "hostname", ALWAYS | LIVE, step_hostname,
	  "Write the host name to /etc/hostname, or the file of the family" },
	{ "hosts", ALWAYS | LIVE, step_hosts,
	  "Write the container's name and addresses to /etc/hosts" },
	{ "resolv.conf", CREATE | START | LIVE, step_resolv_conf,
	  "Write name servers to /etc/resolv.conf, or for the resolver that manages it" },
	{ "timezone", CREATE | START | LIVE, step_timezone, "Set /etc/localtime" },
	{ 0 },
};

bool phase_parse(const char *name, enum phase *ret)
{
	static const char *const names[] = { [PHASE_CREATE] = "create", [PHASE_CLONE] = "clone",
					     [PHASE_START] = "start" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, names[i])) {
			*ret = (enum phase)i;
			return true;
		}
	return false;
}

/* Whether the error is a full or failing disk, which aborts the run, unlike an odd file. */
static bool is_grave(int num)
{
	return num == ENOSPC || num == EDQUOT || num == EIO || num == EROFS || num == ENOSYS;
}

/* The names of the phase's steps from this one on, without steps that the user must request.
 * *ret_asked: the user has requested one of those. */
static char *undone(const struct setup *s, const struct step *from, bool *ret_asked)
{
	bool asked = s->facts->password_hash || s->facts->ssh_keys || s->facts->n_host_keys ||
		     s->facts->user_data;
	autostrv char **names = NULL;

	*ret_asked = false;
	for (; from->name; from++) {
		if (!(from->phases & (1u << s->phase)))
			continue;
		if (from->phases & STEP_REQUIRED)
			*ret_asked = asked;
		else
			strv_push(&names, from->name);
	}
	return strv_join(names, ", ");
}

/*
 * Ends the run because the budget of lib/rootfs/rootfs.h is used up, and files cannot be accessed
 * any more.  Findings since then may be wrong, because files seem to be missing; n_notes is the
 * number of findings before.  A start goes on, but create and clone fail.
 */
static int stop(struct setup *s, const struct step *at, size_t n_notes, const struct err *why,
		struct err *e)
{
	bool is_new = s->phase == PHASE_CREATE || s->phase == PHASE_CLONE, asked;
	autofree char *rest = NULL;

	rest = undone(s, at, &asked);
	if ((is_new || asked) && !(s->flags & SETUP_DRY)) {
		err_take(e, why);
		return err_wrap(e, "setup of %s", at->name);
	}
	report_drop_notes(s->report, n_notes);
	report_failure(s->report, at->name, why->remedy, "setup stopped at %s: %s; not done: %s",
		       why->object, why->cause, rest);
	return 0;
}

/*
 * A failed step becomes a finding, and the others run: a FIFO at /etc/hosts, for example, must not
 * prevent a start.
 */
static int run_steps(struct setup *s, struct rootfs *root, struct err *e)
{
	for (const struct step *step = step_list; step->name; step++) {
		size_t n_notes = s->report->n_notes;
		struct err failure = { 0 };
		int n;

		if (!(step->phases & (1u << s->phase)))
			continue;
		s->step = step->name;
		tree_set_step(s->tree, s->step);
		n = step->run(s, &failure);
		if (n >= 0)
			n = managed_sweep(s, &failure);
		if (rootfs_budget_is_over(root, &failure))
			return stop(s, step, n_notes, &failure, e);
		if (n >= 0)
			continue;
		if (!failure.num)
			err_set(&failure, -n, step->name, "failed");
		if ((step->phases & STEP_REQUIRED) ||
		    (s->phase != PHASE_START && is_grave(failure.num))) {
			err_take(e, &failure);
			return err_wrap(e, "setup of %s", step->name);
		}
		report_failure(s->report, step->name, failure.remedy, "%s%s%s", failure.object,
			       failure.object[0] ? ": " : "", failure.cause);
	}
	return 0;
}

/* Finds family, init and consumer of the tree. */
static int look(struct setup *s, struct err *e)
{
	struct err problem = { 0 };
	struct report *r = s->report;
	int n = os_release_read(s->tree, &s->os, &problem);

	if (n == -ENOSYS)
		return err_take(e, &problem);
	if (n < 0 && problem.num)
		report_note(r, NOTE_WARNING, "detect", NULL, "%s: %s", problem.object,
			    problem.cause);
	r->os = xstrdup(s->os.pretty ? s->os.pretty : s->os.id);
	s->family = family_find(s, &r->family_why);
	r->family = xstrdup(s->family->name);
	r->include = xstrdup(s->family->include);
	if (s->family->unmanaged && s->facts->user_data)
		return err_set(e, EINVAL, "user-data",
			       "setup writes nothing into an unmanaged container");
	if (s->family->unmanaged) {
		if (s->facts->password_hash || s->facts->ssh_keys)
			report_note(r, NOTE_WARNING, "detect", NULL,
				    "setup writes no password and no keys into an unmanaged "
				    "container");
		return 0;
	}
	s->init = init_probe(s->tree);
	r->init = xstrdup(init_name(s->init));
	dns_find(s);
	s->renderer = renderer_find(s, &s->consumer_state, &r->consumer_why);
	r->consumer = s->renderer ? xstrdup(s->renderer->name) : NULL;
	return 0;
}

/* The whole run, except for writing the ledger. */
static int run(struct setup *s, struct rootfs *root, struct err *e)
{
	int n;

	rootfs_budget_begin(root, rootfs_budget);
	n = look(s, e);
	if (n == 0 && (s->flags & SETUP_READ_BACK))
		read_back_all(s);
	return n < 0 || s->family->unmanaged ? n : run_steps(s, root, e);
}

/* The config without host-managed networks; the caller frees the nets. */
static struct conf managed_inside(const struct conf *conf)
{
	struct conf inside = *conf;

	inside.nets = xcalloc(conf->n_nets, sizeof *inside.nets);
	inside.n_nets = 0;
	for (size_t i = 0; i < conf->n_nets; i++)
		if (!conf->nets[i].host_managed)
			inside.nets[inside.n_nets++] = conf->nets[i];
	return inside;
}

int setup_run(enum phase phase, const struct conf *conf, struct rootfs *root,
	      const struct host_facts *facts, unsigned flags, struct report *report,
	      struct err *e)
{
	struct conf inside = managed_inside(conf);
	struct report r = { 0 };
	struct setup s = {
		.phase = phase,
		.conf = &inside,
		.whole = conf,
		.facts = facts,
		.flags = flags,
		.tree = tree_new(root, flags & SETUP_DRY, &r),
		.report = &r,
	};
	int n;

	/* A volume that another mount hides is as unreachable as that mount. */
	for (size_t i = 0; facts->volumes && i < facts->volumes->n; i++)
		rootfs_add_volume(root, &facts->volumes->v[i]);
	n = run(&s, root, e);
	/*
	 * Give the ledger a new budget: it must record the written files, and writing it is cheap.
	 */
	rootfs_budget_begin(root, rootfs_budget);
	managed_finish(&s);
	tree_free(s.tree);
	strv_free(s.wants_dirs);
	strv_free(s.dns.servers);
	strv_free(s.domains);
	os_release_done(&s.os);
	free(inside.nets);
	if (n < 0) {
		report_done(&r);
		return n;
	}
	*report = r;
	return 0;
}
