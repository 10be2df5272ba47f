/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the rules of a start without starting. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "ct/check/may-start.h"
#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/hookscript.h"
#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/idmap.h"
#include "lib/net/netlink.h"
#include "lib/net/ovs.h"
#include "lib/net/port.h"
#include "lib/runtime/devices/devices.h"
#include "lib/storage/storage.h"

#define MAX_LINES 50 /* reported lines of one config that cannot be lowered */
#define ELSEWHERE "on this host: "

int ct_check_bridge(const struct conf *conf, size_t i, struct err *e)
{
	const char *bridge = conf->nets[i].bridge;

	if (!bridge || netlink_bridge_mtu(bridge) || ovs_is_bridge(bridge))
		return 0;
	return port_lacks_bridge(conf, &conf->nets[i], e);
}

/*
 * Root of an unprivileged container is "others" to host folders: each folder on the way to path
 * needs their x bit.  A start makes missing folders.
 */
static int check_reachable(const char *path, const char *what, struct err *e)
{
	autofree char *part = xstrdup(path);

	for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
		struct stat st;

		if (slash)
			*slash = '\0';
		if (stat(part, &st) < 0 && errno == ENOENT)
			return 0;
		if (stat(part, &st) < 0)
			return err_sys(e, part, "read the mode of the folder");
		if (!(st.st_mode & S_IXOTH)) {
			err_set(e, EACCES, part,
				"container root cannot pass this folder (mode %04o) to reach %s",
				st.st_mode & 07777, what);
			return err_remedy(e, "chmod o+x %s, or install the suite (make install)",
					  part);
		}
		if (!slash)
			return 0;
		*slash = '/';
	}
}

int ct_check_reachable(const struct conf *conf, struct err *e)
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

/* A wrong map is an error on every host, but ids may be delegated (else -EPERM) on another. */
static void find_idmap(const struct conf_file *f, const char *where, struct conf_findings *to)
{
	struct idmap map;
	struct err e;
	int r = conf_idmap_for_start(f, &map, &e);

	if (r < 0)
		conf_findings_add_err(to, f, "lxc.idmap", r == -EPERM ? where : NULL, &e);
}

/* Lowering stops at the first bad line: report it, drop it from a copy, and try again. */
static void find_settings(const struct conf_file *f, const char *where, struct conf_findings *to)
{
	struct conf_file *copy = conf_copy(f);
	struct err e;

	for (unsigned i = 0; i < MAX_LINES; i++) {
		int r = ct_check_settings(copy, &e);
		unsigned line = 0;

		if (r < 0)
			line = conf_findings_add_err(to, f, NULL, r == -EINVAL ? NULL : where, &e);
		if (!line || conf_drop_line(copy, line, &e) < 0)
			break;
	}
	conf_free(copy);
}

/* A missing device is a fault of the settings. */
static void find_devices(const struct conf_file *f, struct conf_findings *to)
{
	const struct conf *conf = conf_values(f);
	struct idmap map;
	struct err e;

	if (!conf->mapped || conf_idmap_for_start(f, &map, NULL) < 0)
		return;
	for (size_t i = 0; i < conf->n_devices; i++) {
		autofree char *key = xasprintf("pve.%s", conf->devices[i].slot);

		if (devices_check(&conf->devices[i], &map, &e) == -EINVAL)
			conf_findings_add_err(to, f, key, NULL, &e);
	}
}

static void find_volumes(const struct conf_file *f, const char *where, struct conf_findings *to)
{
	const struct conf *conf = conf_values(f);
	struct err e;

	if (volume_check_named(conf, "", &e) < 0)
		conf_findings_add_err(to, f, "pve.volid", NULL, &e);
	for (size_t i = 0; i < conf->n_volumes; i++) {
		const struct conf_volume *v = &conf->volumes[i];
		autofree char *key = xasprintf("pve.%s", str_eq(v->slot, "rootfs") ? "volid" :
							 v->slot);
		int r = volume_check_slot(conf, v, &e);

		if (r < 0)
			conf_findings_add_err(to, f, key, r != -EINVAL ? where : NULL, &e);
		else if (volume_hides_ids(conf, v, &e))
			conf_findings_add_err(to, f, key, "", &e);
	}
}

/* A lock is usually short, and a template is meant so: only warn. */
static void find_state(const struct conf_file *f, struct conf_findings *to)
{
	struct err e;

	if (ct_check_lock(f, &e) < 0)
		conf_findings_add_err(to, f, NULL, "", &e);
	if (ct_check_template(f, &e) < 0)
		conf_findings_add_err(to, f, NULL, "", &e);
}

static void find_hookscript(const struct conf_file *f, const char *where, struct conf_findings *to)
{
	struct err e;

	if (hookscript_check(conf_values(f), &e) < 0)
		conf_findings_add_err(to, f, "pve.hookscript", where, &e);
}

/* A start omits the server: only warn. */
static void find_nameservers(const struct conf_file *f, struct conf_findings *to)
{
	struct err e;

	if (conf_nameservers_check(conf_values(f), &e) < 0)
		conf_findings_add_err(to, f, "pve.nameserver", "", &e);
}

static void find_bridges(const struct conf_file *f, const char *where, struct conf_findings *to)
{
	const struct conf *conf = conf_values(f);
	struct err e;

	for (size_t i = 0; i < conf->n_nets; i++)
		if (ct_check_bridge(conf, i, &e) < 0)
			conf_findings_add_net_err(to, f, conf->nets[i].index, "bridge", where, &e);
}

static void find_here(const struct conf_file *f, struct conf_findings *to)
{
	autofree char *lowered = NULL;
	struct err e;

	if (ct_lower_text(f, &lowered, &e) < 0 || ct_check_controllers(lowered, &e) < 0)
		conf_findings_add_err(to, f, NULL, NULL, &e);
	if (ct_check_reachable(conf_values(f), &e) < 0)
		conf_findings_add_err(to, f, NULL, NULL, &e);
}

static void find(const struct conf_file *f, bool here, struct conf_findings *to)
{
	const char *where = here ? NULL : ELSEWHERE;
	size_t before = to->of[CONF_ERROR];

	find_state(f, to);
	find_volumes(f, where, to);
	find_devices(f, to);
	if (conf_values(f)->mapped)
		find_idmap(f, where, to);
	find_settings(f, where, to);
	if (here && to->of[CONF_ERROR] == before)
		find_here(f, to);
	find_bridges(f, where, to);
	find_nameservers(f, to);
	find_hookscript(f, where, to);
}

void ct_find_faults(const struct conf_file *f, bool here, struct conf_findings *to)
{
	struct conf_file *merged = conf_copy(f);

	/* A start first merges pending changes. */
	find(conf_pending_merge(merged, NULL) < 0 ? f : merged, here, to);
	conf_free(merged);
}
