/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct setup: runs setup on a stopped container or any folder; shows it for a running container. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/name-check.h"
#include "lib/base/own-volumes.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/net/network-config.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "lib/runtime/runtime.h"
#include "lib/storage/shift.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/config/explain.h"
#include "pct/create/password-options.h"
#include "pct/notes.h"
#include "pct/output.h"
#include "setup/confined.h"
#include "setup/setup.h"

#define MAX_RESOLV_CONF (64 * 1024)

const struct option_def setup_options[] = {
	{ "phase", "create|start|clone", "Run the steps of this phase (start)" },
	{ "rootfs", "DIR", "Set up this folder instead of a container, with --config, or with "
			   "--network-config and options of a container" },
	{ "config", "FILE", "Config for the folder" },
	{ "network-config", "FILE",
	  "Networks of the folder, in cloud-init's network config version 2 (netplan's YAML)" },
	{ "dry-run", NULL, "Change nothing, list the changes" },
	{ "diff", NULL, "Change nothing, show the changes as a unified diff" },
	{ "explain", NULL, "Change nothing, show the files, the program that reads them, and why" },
	{ "adopt", NULL, "Overwrite files that were changed in the container" },
	OPTION_PASSWORD,
	OPTION_SSH_KEYS,
	{ "host-resolv-conf", "FILE",
	  "Read the name servers of the host from FILE (/etc/resolv.conf)" },
	{ "host-timezone", "ZONE", "Time zone of the host, for --timezone host" },
	OPTION_FORMAT,
	{ 0 },
};

/* The parsed command line. */
struct request {
	enum phase phase;
	enum format format;
	unsigned flags; /* SETUP_* */
	bool diff, explain;
	const char *rootfs, *config;
	const struct args *args;
	struct host_facts facts;
	struct hostkey keys[HOSTKEYS_MAX];
};

static void request_done(struct request *q)
{
	free(q->facts.resolv_conf);
	free(q->facts.timezone);
	free(q->facts.password_hash);
	free(q->facts.ssh_keys);
	hostkeys_free(q->keys);
}

static int take_facts(const struct args *args, struct host_facts *facts, struct err *e)
{
	const char *resolv = args_option(args, "host-resolv-conf");
	const char *zone = args_option(args, "host-timezone");
	int r = 0;

	if (zone && name_check(zone, NAME_ZONE, NULL) < 0)
		return err_set(e, ERR_USAGE, "--host-timezone", "\"%s\" is not a time zone", zone);
	facts->timezone = zone ? xstrdup(zone) : hostinfo_timezone();
	facts->now = hostinfo_now();
	if (resolv)
		r = file_read(resolv, MAX_RESOLV_CONF, &facts->resolv_conf, NULL, e);
	else
		facts->resolv_conf = hostinfo_resolv_conf();
	if (r == 0)
		r = secret_password(args, &facts->password_hash, e);
	if (r == 0)
		r = secret_ssh_keys(args, &facts->ssh_keys, e);
	return r;
}

/* Whether the option is one of a container, such as --net0. */
static bool is_of_container(const struct args *args, const struct option *option)
{
	const struct conf_option *o = conf_option_find(option->name);

	return o && command_takes(args->command, o);
}

/* Whether the command line has settings of a folder that has no config file. */
static bool has_settings(const struct args *args)
{
	for (size_t i = 0; i < args->n_options; i++)
		if (is_of_container(args, &args->options[i]))
			return true;
	return args_option(args, "network-config");
}

static int check_use(const struct args *args, const struct request *q, struct err *e)
{
	bool settings = has_settings(args);

	if (!args->ctid == !q->rootfs)
		return args_usage(args, e, "give either a CTID, or --rootfs");
	if (args->ctid && (q->config || settings)) {
		args_usage(args, e, "a container has its own config");
		return settings ? err_remedy(e, "pct set %u changes it", args->ctid) : err_code(e);
	}
	if (q->config && settings)
		return args_usage(args, e, "give either --config, or options of a container and "
				  "--network-config");
	if (!args->ctid && !q->config && !settings)
		return args_usage(args, e, "give also --config, --network-config, or options of a "
				  "container such as --hostname and --net0");
	return 0;
}

static int take_request(const struct args *args, struct request *q, struct err *e)
{
	const char *phase = args_option(args, "phase");
	int r;

	q->args = args;
	q->phase = PHASE_START;
	q->rootfs = args_option(args, "rootfs");
	q->config = args_option(args, "config");
	q->diff = args_flag(args, "diff");
	q->explain = args_flag(args, "explain");
	if (q->diff || q->explain || args_flag(args, "dry-run"))
		q->flags |= SETUP_DRY;
	if (args_flag(args, "adopt"))
		q->flags |= SETUP_ADOPT;
	r = check_use(args, q, e);
	if (r < 0)
		return r;
	/* Cannot fail: args_parse() has checked the word. */
	if (phase)
		phase_parse(phase, &q->phase);
	q->format = args_format(args);
	return take_facts(args, &q->facts, e);
}

/* A failure is only printed: the step host-keys then reports missing keys. */
static void make_keys(struct request *q, const char *host, const char *rootfs)
{
	struct err e = { 0 };
	int n = hostkeys_make(rootfs, host ? host : "localhost", q->keys, &e);

	if (n < 0)
		err_print(&e, "pct", stderr);
	q->facts.host_keys = q->keys;
	q->facts.n_host_keys = n > 0 ? (size_t)n : 0;
}

static int set_up(struct request *q, const struct conf *conf, const char *rootfs,
		  const struct idmap *map, struct report *ret, struct err *e)
{
	if (q->phase == PHASE_CLONE)
		make_keys(q, conf->hostname, rootfs);
	return setup_confined(q->phase, conf, rootfs, map, &q->facts, q->flags, ret, e);
}

/* ---- a folder ---- */

static int refuse_host(const char *dir, struct err *e)
{
	struct stat root, st;

	if (stat("/", &root) < 0 || stat(dir, &st) < 0)
		return err_sys(e, dir, "stat");
	if (st.st_dev == root.st_dev && st.st_ino == root.st_ino)
		return err_set(e, EINVAL, dir, "is the root of this host");
	return 0;
}

/*
 * Files in a shifted tree must belong to root of the container: *ret is its map.  NULL: they belong
 * to the caller, as in a tree with the ids of the container, or one of an ordinary user.
 */
static int find_map(const struct conf *conf, const char *dir, struct idmap *map,
		    const struct idmap **ret, struct err *e)
{
	bool shifted = false;
	struct stat st;
	int r;

	*ret = NULL;
	if (geteuid() != 0 || !conf->mapped)
		return 0;
	if (stat(dir, &st) < 0)
		return err_sys(e, dir, "stat");
	r = conf_idmap(conf, map, e);
	if (r == 0)
		r = shift_find(conf, map, dir, &(struct volume_owner){ st.st_uid, st.st_gid },
			       &shifted, e);
	if (r == 0 && shifted)
		*ret = map;
	return r;
}

/* The network config must not have the option, too: the option would replace its value. */
static int take_option(const struct option *o, struct conf_file *f, struct err *e)
{
	autofree char *before = conf_get(f, o->name);

	if (before) {
		autofree char *option = xasprintf("--%s", o->name);

		return err_set(e, ERR_USAGE, option, "the network config has this, too");
	}
	return args_blame(ct_set_option(f, o->name, o->value, e), e);
}

/* The config of a folder.  On failure, *ret may be set as well. */
static int take_conf(const struct request *q, struct conf_file **ret, struct err *e)
{
	const char *networks = args_option(q->args, "network-config");
	int r = 0;

	if (q->config)
		return conf_load(q->config, 0, ret, e);
	*ret = conf_new(0);
	if (networks)
		r = network_config_load(networks, *ret, e);
	for (size_t i = 0; r == 0 && i < q->args->n_options; i++)
		if (is_of_container(q->args, &q->args->options[i]))
			r = take_option(&q->args->options[i], *ret, e);
	return r;
}

static int setup_folder(struct request *q, struct report *ret, struct err *e)
{
	const struct idmap *used = NULL;
	struct conf_file *conf = NULL;
	struct idmap map;
	int r = refuse_host(q->rootfs, e);

	if (r == 0)
		r = take_conf(q, &conf, e);
	if (r == 0)
		r = find_map(conf_values(conf), q->rootfs, &map, &used, e);
	if (r == 0)
		r = set_up(q, conf_values(conf), q->rootfs, used, ret, e);
	conf_free(conf);
	return r;
}

/* ---- a container ---- */

static int setup_mounted(struct request *q, const struct conf *conf, struct report *ret,
			 struct err *e)
{
	autofree char *target = path_rootfs(conf->ctid);
	autovolumes volumes = { 0 };
	struct idmap map;
	const struct idmap *used = conf->mapped ? &map : NULL;
	int r = used ? conf_idmap(conf, &map, e) : 0;

	if (r == 0)
		r = ct_mount_root(conf, used, target, &volumes, e);
	q->facts.volumes = &volumes;
	if (r == 0)
		r = set_up(q, conf, target, used, ret, e);
	q->facts.volumes = NULL;
	return r;
}

/*
 * Of a running container, only the changes of its next start.  Its files have the ids of the
 * current config.  Without the lock, since the container can delay this.
 */
static int setup_alive(struct request *q, struct ct *ct, struct report *ret, struct err *e)
{
	const struct conf *conf = conf_values(ct->file);
	autovolumes volumes = { 0 };
	autoclose int init = -1;
	bool mapped = conf->mapped;
	struct idmap map;
	int r = 0;

	if (!(q->flags & SETUP_DRY) || q->phase != PHASE_START) {
		err_set(e, EBUSY, NULL, "container %u is running", ct->ctid);
		return err_remedy(e, "each start runs setup: pct reboot %u; --diff shows its "
				     "changes", ct->ctid);
	}
	ct_unlock(ct);
	init = runtime_init_pidfd(ct->ctid, e);
	if (init < 0)
		return err_code(e);
	if (mapped)
		r = conf_idmap(conf, &map, e);
	if (r == 0)
		r = conf_pending_merge(ct->file, e);
	ct_own_volumes(ct->ctid, &volumes);
	q->facts.volumes = &volumes;
	if (r == 0)
		r = setup_running(q->phase, conf_values(ct->file), init, mapped ? &map : NULL,
				  &q->facts, q->flags, ret, e);
	q->facts.volumes = NULL;
	return r;
}

static int setup_stopped(struct request *q, struct ct *ct, struct report *ret, struct err *e)
{
	int r = conf_pending_merge(ct->file, e);

	return r < 0 ? r : setup_mounted(q, conf_values(ct->file), ret, e);
}

/*
 * Merges pending changes in memory, since the next start applies them.  To look at a running
 * container takes no lock: another command may hold it while the container delays that command.
 */
static int setup_container(unsigned ctid, struct request *q, struct report *ret, struct err *e)
{
	struct ct ct;
	bool looks;
	int r;

	if (geteuid() != 0) {
		err_set(e, EPERM, "setup", "needs root to set up a container");
		return err_remedy(e, "run it with sudo, or set up your own folder with --rootfs");
	}
	looks = q->flags & SETUP_DRY && ct_is_running(ctid);
	r = ct_open(ctid, (looks ? 0 : CT_LOCK) | CT_LOAD | CT_UNLOCKED, &ct, e);
	if (r == 0)
		r = looks || ct_is_running(ctid) ? setup_alive(q, &ct, ret, e) :
					  setup_stopped(q, &ct, ret, e);
	return finish_ct(&ct, r);
}

/* ---- printing ---- */

static int print_diff(const struct change *c, struct err *e)
{
	autofree char *diff = NULL;
	const char *reason = NULL;
	int r = explain_diff(c, &diff, &reason, e);

	if (diff)
		fputs(diff, stdout);
	else if (r == 0)
		printf("--- %s%s\n+++ %s%s\n(%s)\n", c->old_text ? "a" : "/dev/null",
		       c->old_text ? c->path : "", c->new_text ? "b" : "/dev/null",
		       c->new_text ? c->path : "", reason);
	return r;
}

static int print_changes(const struct request *q, const struct report *report, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < report->n_changes; i++) {
		const struct change *c = &report->changes[i];

		if (q->diff)
			r = print_diff(c, e);
		else
			printf("%s %s (%s)\n", explain_verb(c, q->flags & SETUP_DRY), c->path,
			       c->step);
	}
	return r;
}

static int print_report_json(const struct request *q, const struct report *report, struct err *e)
{
	struct json_t *o = NULL;
	int r = explain_json(report, q->diff, &o, e);

	if (r == 0)
		print_json(o, q->format);
	json_free(o);
	return r;
}

static int print_report(const struct request *q, const struct report *report, struct err *e)
{
	int r = 0;

	if (q->format != FORMAT_TEXT)
		return print_report_json(q, report, e);
	if (q->explain)
		explain_text(report, q->flags & SETUP_DRY);
	if (q->diff || !q->explain)
		r = print_changes(q, report, e);
	/* With --diff, standard output has only the diff, and findings go to standard error.  Flush
	 * first, in case both are the same file. */
	output_flush(NULL);
	for (size_t i = 0; !q->explain && i < report->n_notes; i++)
		explain_note(&report->notes[i], q->diff ? stderr : stdout);
	return r;
}

static bool has_failed(const struct report *r)
{
	for (size_t i = 0; i < r->n_notes; i++)
		if (r->notes[i].failed)
			return true;
	return false;
}

int cmd_setup(const struct args *args, struct err *e)
{
	struct request q = { 0 };
	struct report report = { 0 };
	int r = take_request(args, &q, e);

	if (r == 0 && args->ctid)
		r = setup_container(args->ctid, &q, &report, e);
	else if (r == 0)
		r = setup_folder(&q, &report, e);
	if (r == 0)
		r = print_report(&q, &report, e);
	/* The printed warnings name the failed steps. */
	if (r == 0 && has_failed(&report))
		r = 1;
	report_done(&report);
	request_done(&q);
	return r;
}
