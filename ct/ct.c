/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/clashes.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/lock.h"
#include "lib/host/cgroup.h"
#include "lib/host/idmap.h"
#include "lib/net/netlink.h"
#include "lib/net/port.h"
#include "lib/runtime/failure.h"
#include "lib/runtime/lower.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/runtime/runtime.h"
#include "setup/report.h"

#define LOCK_WAIT 10    /* seconds, as in the predecessor */
#define MONITOR_WAIT 30 /* an unmount may have to write back */

int ct_lock(unsigned ctid, struct err *e)
{
	return lock_ct(ctid, LOCK_WAIT, e);
}

int ct_lock_ids(struct err *e)
{
	return lock_ids(LOCK_WAIT, e);
}

int ct_load(unsigned ctid, struct conf_file **ret, struct err *e)
{
	autofree char *path = path_ct_config(ctid);
	int r = conf_load(path, ctid, ret, e);

	if (r == -ENOENT) {
		err_set(e, ENOENT, path, "there is no container %u", ctid);
		return err_remedy(e, "pct list shows those that exist");
	}
	return r;
}

int ct_check_unlocked(const struct conf_file *f, struct err *e)
{
	const struct conf *conf = conf_values(f);
	autofree char *path = path_ct_config(conf->ctid);

	if (!conf->lock)
		return 0;
	err_set(e, EBUSY, path, "pve.lock: the container is locked (%s)", conf->lock);
	if (str_eq(conf->lock, "create"))
		return err_remedy(e, "if that create was killed, pct destroy %u removes the rest",
				  conf->ctid);
	return err_remedy(e, "wait for that command to end; if it was killed, remove the line");
}

static bool host_file_exists(void *ctx, const char *path)
{
	(void)ctx;
	return access(path, F_OK) == 0;
}

static int host_bridge_mtu(void *ctx, const char *bridge)
{
	(void)ctx;
	return (int)netlink_bridge_mtu(bridge);
}

static struct host this_host(const char *rootfs)
{
	return (struct host){
		.lxc_major = runtime_major(),
		.cgroup = cgroup_mode(),
		.file_exists = host_file_exists,
		.bridge_mtu = host_bridge_mtu,
		.cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
		.hooks = path_hooks(),
		.templates = path_templates(),
		.rootfs = rootfs,
	};
}

int ct_limits(const struct conf_file *f, char **ret, struct err *e)
{
	struct host host = this_host("");

	return lower_limits_text(f, &host, ret, e);
}

static int lower_mapped(const struct conf_file *f, const struct idmap *map, char **ret,
			struct err *e)
{
	autofree char *rootfs = path_rootfs(conf_values(f)->ctid);
	struct host host = this_host(rootfs);

	host.idmap = map;
	return lower(f, &host, ret, e);
}

static int lower_text(const struct conf_file *f, char **ret, struct err *e)
{
	struct idmap map = { 0 };
	int r = conf_values(f)->mapped ? conf_idmap_for_start(f, &map, e) : 0;

	return r < 0 ? r : lower_mapped(f, &map, ret, e);
}

int ct_check_settings(const struct conf_file *f, struct err *e)
{
	autofree char *text = NULL;
	struct idmap map = { 0 };

	return lower_mapped(f, &map, &text, e);
}

/* What liblxc would refuse must not become the config of one that runs. */
static int lower_checked(const struct conf_file *f, char **ret, struct err *e)
{
	int r = lower_text(f, ret, e);

	return r < 0 ? r : runtime_check(conf_values(f)->ctid, *ret, e);
}

int ct_check_lower(const struct conf_file *f, struct err *e)
{
	autofree char *text = NULL;

	return lower_checked(f, &text, e);
}

static int write_lowered(unsigned ctid, const char *text, struct err *e)
{
	autofree char *rootfs = path_rootfs(ctid), *path = path_runtime_config(ctid);
	int r = file_mkdirs(rootfs, 0755, e);

	return r ? r : file_write(path, text, strlen(text), CONF_MODE, e);
}

int ct_lower(const struct conf_file *f, struct err *e)
{
	autofree char *text = NULL;
	int r = lower_text(f, &text, e);

	return r < 0 ? r : write_lowered(conf_values(f)->ctid, text, e);
}

int ct_commit(const struct conf_file *f, struct err *e)
{
	autofree char *path = path_ct_config(conf_values(f)->ctid), *text = NULL;
	struct conf_file *old = NULL;
	int r = lower_checked(f, &text, e);

	if (r < 0)
		return r;
	r = write_lowered(conf_values(f)->ctid, text, e);
	if (r == 0)
		r = conf_save(f, path, e);
	if (r < 0 && ct_load(conf_values(f)->ctid, &old, NULL) == 0) {
		ct_lower(old, NULL);
		conf_free(old);
	}
	return r;
}

enum ct_state ct_state(unsigned ctid)
{
	if (runtime_is_running(ctid))
		return CT_RUNNING;
	return orphan_lives(ctid) ? CT_ORPHANED : CT_STOPPED;
}

bool ct_is_running(unsigned ctid)
{
	return ct_state(ctid) != CT_STOPPED;
}

/* Container root of an unprivileged container is nobody on the host: each folder above must let
 * others through. */
static int check_reachable(const char *path, const char *what, struct err *e)
{
	autofree char *part = xstrdup(path);

	for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
		struct stat st;

		if (slash)
			*slash = '\0';
		if (stat(part, &st) < 0)
			return err_sys(e, part, "look at the folder");
		if (!(st.st_mode & S_IXOTH)) {
			err_set(e, EACCES, part,
				"container root cannot pass this folder (mode %04o) to %s",
				st.st_mode & 07777, what);
			return err_remedy(e, "chmod o+x %s, or install the suite (make install)",
					  part);
		}
		if (!slash)
			return 0;
		*slash = '/';
	}
}

static int check_reachability(const struct conf *conf, struct err *e)
{
	autofree char *run = path_ct_run(conf->ctid), *rootfs = path_rootfs(conf->ctid);
	int r;

	if (!conf->mapped)
		return 0;
	r = check_reachable(path_hooks(), "the hooks", e);
	if (r == 0)
		r = check_reachable(run, "the setup plan", e);
	if (r == 0)
		r = check_reachable(rootfs, "its root file system", e);
	return r;
}

/* The hooks' record says why; liblxc's own error, which e holds, is mostly a consequence. */
static void explain_failure(unsigned ctid, struct err *e)
{
	autofree char *run = path_ct_run(ctid), *guest = path_ct_guest(ctid);
	char stage[32];

	if (failure_read(run, stage, e) == 0)
		failure_read(guest, stage, e);
}

void ct_forget_failure(unsigned ctid)
{
	autofree char *run = path_ct_run(ctid), *guest = path_ct_guest(ctid);

	failure_clear(run);
	failure_clear(guest);
}

void ct_print_warnings(unsigned ctid, const struct report *report)
{
	for (size_t i = 0; i < report->n_notes; i++) {
		const struct note *n = &report->notes[i];

		if (n->level == NOTE_WARNING)
			fprintf(stderr, "pct: container %u: %s%s%s\n", ctid, n->text,
				n->remedy ? "; " : "", n->remedy ? n->remedy : "");
	}
}

void ct_print_start_warnings(const struct conf *conf)
{
	autofree char *guest = path_ct_guest(conf->ctid), *path = xasprintf("%s/report", guest);
	struct report report = { 0 };

	clashes_warn(NULL, conf);
	if (report_read(path, &report, NULL) < 0)
		return;
	ct_print_warnings(conf->ctid, &report);
	report_done(&report);
}

static int fail_running(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	int r = orphan_refuse(ctid, e);

	return r < 0 ? r : err_set(e, EALREADY, object, "is already running");
}

/* One that is written by hand, or comes from elsewhere, may have none: from now on it is kept. */
static int complete_hwaddrs(struct conf_file *f, bool *changed, struct err *e)
{
	const struct conf *conf = conf_values(f);
	bool missing[CONF_MAX_NETS] = { false };
	int r = 0;

	for (size_t i = 0; i < conf->n_nets; i++)
		missing[conf->nets[i].index] = !conf->nets[i].hwaddr;
	for (unsigned n = 0; n < CONF_MAX_NETS && r == 0; n++) {
		autofree char *option = xasprintf("net%u", n);
		autofree char *value = missing[n] ? conf_get(f, option) : NULL;

		if (!value)
			continue;
		r = conf_set(f, option, value, e);
		*changed = true;
	}
	return r;
}

static int prepare_config(struct conf_file *f, struct err *e)
{
	bool changed = conf_has_pending(f);
	int r = changed ? conf_pending_merge(f, e) : 0;

	if (r == 0)
		r = complete_hwaddrs(f, &changed, e);
	if (r < 0)
		return r;
	return changed ? ct_commit(f, e) : ct_lower(f, e);
}

int ct_check_controllers(const struct conf_file *f, struct err *e)
{
	autofree char *runtime = NULL;
	autostrv char **controllers = NULL;

	if (cgroup_mode() != CGROUP_V2)
		return 0;
	controllers = cgroup_controllers(e);
	if (!controllers || lower_text(f, &runtime, e) < 0)
		return err_code(e);
	return cgroup_check_controllers(runtime, controllers, e);
}

static int start_loaded(struct conf_file *f, struct err *e)
{
	const struct conf *conf = conf_values(f);
	autofree char *run = path_ct_run(conf->ctid), *log = xasprintf("%s/log", run);
	struct err late;
	int r = ct_check_unlocked(f, e);

	if (r == 0)
		r = monitor_wait(conf->ctid, MONITOR_WAIT, e);
	if (r == 0)
		r = prepare_config(f, e);
	if (r == 0)
		r = ct_check_controllers(f, e);
	if (r == 0)
		r = file_mkdirs(run, 0755, e);
	if (r == 0)
		r = check_reachability(conf, e);
	if (r < 0)
		return r;
	ct_forget_failure(conf->ctid);
	r = runtime_start(conf->ctid, log, e);
	if (r == 0) {
		ct_print_start_warnings(conf);
		return 0;
	}
	/* lxc-start, which takes no lock of ours, was faster: record and groups are its own. */
	if (runtime_is_running(conf->ctid) && runtime_init_pid(conf->ctid))
		return fail_running(conf->ctid, e);
	/* Only when its monitor is gone has post-stop undone everything. */
	r = monitor_wait(conf->ctid, MONITOR_WAIT, &late);
	/* liblxc put this process, too, into the monitor's group. */
	cgroup_leave();
	if (r < 0 || ct_is_running(conf->ctid)) {
		explain_failure(conf->ctid, e);
		return err_code(e);
	}
	monitor_release(conf->ctid);
	cgroup_sweep(conf->ctid);
	port_sweep(conf->ctid);
	explain_failure(conf->ctid, e);
	return err_code(e);
}

int ct_start(unsigned ctid, struct err *e)
{
	struct conf_file *f = NULL;
	int r = ct_load(ctid, &f, e);

	if (r == 0)
		r = ct_is_running(ctid) ? fail_running(ctid, e) : start_loaded(f, e);
	conf_free(f);
	return r;
}

int ct_check_startable(unsigned ctid, struct err *e)
{
	struct conf_file *f = NULL;
	int r = ct_load(ctid, &f, e);

	if (r == 0)
		r = ct_is_running(ctid) ? fail_running(ctid, e) : ct_check_unlocked(f, e);
	conf_free(f);
	return r;
}

int ct_check_restartable(unsigned ctid, struct err *e)
{
	struct conf_file *f = NULL;
	int r = ct_load(ctid, &f, e);

	if (r == 0)
		r = ct_check_unlocked(f, e);
	if (r == 0 && conf_has_pending(f))
		r = conf_pending_merge(f, e);
	if (r == 0)
		r = ct_check_lower(f, e);
	conf_free(f);
	return r;
}

/* Also of one whose monitor is gone. */
static int require_processes(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	struct conf_file *f = NULL;
	int r = ct_load(ctid, &f, e);

	conf_free(f);
	if (r < 0 || ct_is_running(ctid))
		return r;
	err_set(e, ESRCH, object, "is not running");
	return err_remedy(e, "start it with pct start %u", ctid);
}

int ct_require_running(unsigned ctid, struct err *e)
{
	int r = require_processes(ctid, e);

	return r < 0 || runtime_is_running(ctid) ? r : orphan_refuse(ctid, e);
}

int ct_clean(unsigned ctid, struct err *e)
{
	autofree char *run = path_ct_run(ctid), *plan = xasprintf("%s/plan", run);
	autofree char *pid = xasprintf("%s/pid", run);
	int r = monitor_wait(ctid, MONITOR_WAIT, e);

	if (r == 0)
		r = orphan_refuse(ctid, e);
	if (r < 0)
		return r;
	monitor_release(ctid);
	cgroup_sweep(ctid);
	port_sweep(ctid);
	unlink(plan);
	unlink(pid);
	return 0;
}

/* Once its monitor is gone, too: what is left then is nobody's to end. */
static int kill_all(unsigned ctid, struct err *e)
{
	bool orphaned = orphan_lives(ctid);
	int r = ct_kill(ctid, e);

	if (r == 0)
		r = monitor_wait(ctid, MONITOR_WAIT, e);
	if (r == 0 && !orphaned && orphan_lives(ctid))
		r = ct_kill(ctid, e);
	if (r == 0 && orphaned)
		fprintf(stderr, "pct: container %u: its monitor was gone; all that ran in it was "
			"killed\n", ctid);
	return r < 0 ? r : ct_clean(ctid, e);
}

int ct_stop(unsigned ctid, struct err *e)
{
	int r;

	if (!ct_is_running(ctid) && !monitor_is_alive(ctid))
		ct_clean(ctid, e);
	r = require_processes(ctid, e);
	return r < 0 ? r : kill_all(ctid, e);
}

int ct_shutdown(unsigned ctid, unsigned seconds, bool force, struct err *e)
{
	int r = require_processes(ctid, e);

	if (r == 0)
		r = runtime_shutdown(ctid, seconds, e);
	if (r == -ETIMEDOUT && force)
		return kill_all(ctid, e);
	return r < 0 ? r : ct_clean(ctid, e);
}

int ct_ensure_stopped(unsigned ctid, struct err *e)
{
	int r = ct_stop(ctid, e);

	return r == -ESRCH ? ct_clean(ctid, e) : r;
}

int ct_ensure_shut_down(unsigned ctid, unsigned seconds, struct err *e)
{
	int r = ct_shutdown(ctid, seconds, true, e);

	return r == -ESRCH ? ct_clean(ctid, e) : r;
}
