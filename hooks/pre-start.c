/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pre-start hook: runs as host root in the monitor's mount namespace (lxc.monitor.unshare).
 * Ensures that this start is the only one, mounts the root file system, writes the setup plan.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/check/may-start.h"
#include "ct/clean.h"
#include "ct/hookscript.h"
#include "ct/live/in-effect.h"
#include "hooks/hook.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/conf/store.h"
#include "lib/host/cgroup.h"
#include "lib/host/device.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/runtime/devices/devices.h"
#include "lib/runtime/failure.h"
#include "lib/runtime/lower/lower.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/storage/mount.h"

#define MONITOR_WAIT 5 /* seconds */

static int check_current(const struct conf_file *file, unsigned ctid, char **ret_runtime,
			 struct err *e)
{
	autofree char *path = path_runtime_config(ctid), *runtime = NULL, *text = conf_text(file);
	int r = file_read(path, CONF_MAX_SIZE, &runtime, NULL, e);

	if (r < 0)
		return r;
	/* A former version made the file readable for all, and lxc-start does not regenerate it. */
	if (chmod(path, CONF_MODE) < 0)
		return err_sys(e, path, "take it from others");
	if (lower_is_current(runtime, text)) {
		*ret_runtime = steal(&runtime);
		return 0;
	}
	err_set(e, ESTALE, path, "the config changed since this file was generated");
	return err_remedy(e, "run pct start %u", ctid);
}

static int look_at(void *ctx, const char *path, struct device *ret, struct err *e)
{
	(void)ctx;
	return device_look(path, ret, e);
}

/* lxc-start and a reboot use the runtime config of an earlier pct start. */
static int check_devices(const struct conf_file *file, const char *runtime, struct err *e)
{
	struct host host = { .cgroup = cgroup_mode(), .device = look_at };

	return conf_values(file)->n_devices ? lower_check_devices(file, &host, runtime, e) : 0;
}

/* Fails if the config changed between loading it and taking the lock. */
static int check_unchanged(const char *before, unsigned ctid, const char *path, struct err *e)
{
	autofree char *now = NULL;
	struct conf_file *f = NULL;
	int r = store()->load(ctid, &f, e);

	if (r < 0)
		return r;
	now = conf_text(f);
	conf_free(f);
	if (str_eq(now, before))
		return 0;
	err_set(e, ESTALE, path, "the config changed while the container started");
	return err_remedy(e, "run pct start %u", ctid);
}

/*
 * lxc-start of a container with pending changes: the runtime config already includes them, so merge
 * them.  *ret_before: the config's text without them.  pct start merges and saves them itself.
 */
static int merge(struct conf_file *file, char **runtime, char **ret_before, struct err *e)
{
	autofree char *after = NULL, *before = conf_text(file);
	char *stamped;
	int r = conf_pending_merge(file, e);

	if (r < 0)
		return r;
	after = conf_text(file);
	stamped = lower_stamp(*runtime, after);
	free(*runtime);
	*runtime = stamped;
	*ret_before = steal(&before);
	return 0;
}

static int save_merged(const struct conf_file *file, const char *before, const char *runtime,
		       const char *path, struct err *e)
{
	unsigned ctid = conf_values(file)->ctid;
	autofree char *runtime_path = path_runtime_config(ctid);
	autoclose int lock = store()->lock(ctid, MONITOR_WAIT, e);
	int r = lock < 0 ? lock : check_unchanged(before, ctid, path, e);

	if (r == 0)
		r = store()->save(file, e);
	return r < 0 ? r : file_write(runtime_path, runtime, strlen(runtime), CONF_MODE, e);
}

/* RUN/pct/CTID belongs to host root; container root writes its report to the subfolder guest. */
static int prepare_run(unsigned ctid, const struct idmap *map, struct err *e)
{
	static const enum runfile left[] = { RUNFILE_FAILURE, RUNFILE_GUEST_FAILURE,
					     RUNFILE_LAST_STOP, RUNFILE_GUEST_REPORT };
	autofree char *guest = path_ct_guest(ctid);
	uid_t uid = map ? idmap_root_uid(map) : 0;
	gid_t gid = map ? idmap_root_gid(map) : 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		autofree char *file = runfile(ctid, left[i]);

		/* A compromised mount hook can leave a folder there. */
		if (file_remove(file, e) < 0 &&
		    (err_code(e) != -EISDIR || run_remove_tree(file, e) < 0))
			return err_code(e);
	}
	if (lstat(guest, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ENOTDIR, guest, "is not a folder");
	if ((st.st_uid != uid || st.st_gid != gid) && lchown(guest, uid, gid) < 0)
		return err_sys(e, guest, "give to container root");
	return 0;
}

static int write_plan(const struct conf *conf, const struct own_volumes *volumes, struct err *e)
{
	autofree char *path = runfile(conf->ctid, RUNFILE_PLAN);
	autofree char *resolv = hostinfo_resolv_conf(), *zone = hostinfo_timezone();
	autofree char *text = setup_plan_text(conf, resolv, zone, hostinfo_now(), volumes);

	return file_write_volatile(path, text, strlen(text), 0644, e);
}

/*
 * Record the runtime config that liblxc has loaded: post-stop compares it, since pct set replaces
 * it.
 */
static int record_runtime(unsigned ctid, const char *runtime, struct err *e)
{
	autofree char *path = runfile(ctid, RUNFILE_STARTED);

	return file_write_volatile(path, runtime, strcspn(runtime, "\n"), 0600, e);
}

/* From here on this monitor is the container's only one. */
static int claim(const struct hook *hook, const struct idmap *map, struct err *e)
{
	unsigned ctid = hook->ctid;
	autofree char *guest = path_ct_guest(ctid);
	int r = file_mkdirs(guest, 0700, e);

	/* A container that outlived its monitor uses the volume, and post-stop must not undo it. */
	if (r == 0)
		r = orphan_refuse(ctid, e);
	if (r == 0)
		r = monitor_claim(ctid, MONITOR_WAIT, e);
	if (r < 0)
		return r;
	r = ct_clean_up(ctid, hook->rootfs, e);
	if (r == -EBUSY)
		monitor_release(ctid);
	return r < 0 ? r : prepare_run(ctid, map, e);
}

static int start(const struct hook *hook, struct conf_file *file, const char *path,
		 struct err *e)
{
	const struct conf *conf = conf_values(file);
	autofree char *runtime = NULL, *before = NULL;
	autovolumes mounted = { 0 };
	const struct idmap *map = NULL;
	struct idmap own;
	int r = ct_may_start(file, path, e);

	if (r == 0)
		r = check_current(file, hook->ctid, &runtime, e);
	if (r == 0 && conf_has_pending(file))
		r = merge(file, &runtime, &before, e);
	if (r == 0)
		r = check_devices(file, runtime, e);
	if (r == 0 && conf->mapped) {
		r = conf_idmap(conf, &own, e);
		map = &own;
	}
	if (r == 0)
		r = claim(hook, map, e);
	if (r == 0)
		r = record_runtime(hook->ctid, runtime, e);
	if (r == 0)
		r = in_effect_write(file, e);
	/* It may prepare what the volumes need. */
	if (r == 0)
		r = hookscript_run(conf, HOOKSCRIPT_PRE_START, e);
	if (r == 0)
		r = mount_volumes(conf, map, hook->rootfs, &mounted, e);
	if (r == 0)
		r = devices_make(conf, map, e);
	if (r == 0)
		r = write_plan(conf, &mounted, e);
	/* Last: a start that fails before leaves them pending. */
	return r < 0 || !before ? r : save_merged(file, before, runtime, path, e);
}

static int pre_start(const struct hook *hook, struct err *e)
{
	autofree char *path = store()->path(hook->ctid);
	struct conf_file *file = NULL;
	int r = store()->load(hook->ctid, &file, e);

	if (r == 0)
		r = start(hook, file, path, e);
	conf_free(file);
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "lxc", "pre-start", pre_start);
}
