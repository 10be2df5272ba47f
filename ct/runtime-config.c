/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lowering (lib/runtime/lower/lower.h) for this host. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/cgroup.h"
#include "lib/host/device.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/net/netlink.h"
#include "lib/runtime/lower/lower.h"
#include "lib/runtime/runtime.h"

#define SECCOMP_MAX (256 * 1024)

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

static int host_device(void *ctx, const char *path, struct device *ret, struct err *e)
{
	(void)ctx;
	return device_look(path, ret, e);
}

static struct host this_host(const char *rootfs)
{
	static char syscalld[108]; /* as long as a socket's path can be */

	snprintf(syscalld, sizeof syscalld, "%s/pve/lxc-syscalld.sock", path_run());
	return (struct host){
		.lxc_major = runtime_major(),
		.cgroup = cgroup_mode(),
		.file_exists = host_file_exists,
		.bridge_mtu = host_bridge_mtu,
		.device = host_device,
		.cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
		.hooks = path_hooks(),
		.templates = path_templates(),
		.rootfs = rootfs,
		.lxcfs = hostinfo_has_lxcfs() ? path_lxcfs() : NULL,
		.syscalld = access(syscalld, F_OK) == 0 ? syscalld : NULL,
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

int ct_lower_text(const struct conf_file *f, char **ret, struct err *e)
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

/* Most starts find it as it must be. */
static int write_seccomp(unsigned ctid, const char *lowered, struct err *e)
{
	autofree char *dir = path_runtime_dir(ctid), *path = NULL, *base = NULL, *text = NULL;
	autofree char *old = NULL;
	int r = file_read(LXC_SECCOMP, SECCOMP_MAX, &base, NULL, e);

	if (r < 0 && r != -ENOENT)
		return r;
	text = lower_seccomp(lowered, dir, base, &path);
	if (!text || (file_read(path, 2 * SECCOMP_MAX, &old, NULL, NULL) == 0 && str_eq(old, text)))
		return 0;
	return file_write(path, text, strlen(text), CONF_MODE, e);
}

int ct_write_lowered(unsigned ctid, const char *text, struct err *e)
{
	autofree char *rootfs = path_rootfs(ctid), *path = path_runtime_config(ctid);
	int r = file_mkdirs(rootfs, 0755, e);

	if (r == 0)
		r = write_seccomp(ctid, text, e);
	return r ? r : file_write(path, text, strlen(text), CONF_MODE, e);
}

int ct_check_lower(const struct conf_file *f, struct err *e)
{
	autofree char *text = NULL;
	int r = ct_lower_text(f, &text, e);

	return r < 0 ? r : runtime_check(conf_values(f)->ctid, text, e);
}

int ct_check_controllers(const char *lowered, struct err *e)
{
	autostrv char **controllers = NULL;

	if (cgroup_mode() != CGROUP_V2)
		return 0;
	controllers = cgroup_controllers(e);
	return controllers ? cgroup_check_controllers(lowered, controllers, e) : err_code(e);
}
