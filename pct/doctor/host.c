/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the host itself: kernel, cgroups, liblxc, programs, lxcfs, AppArmor, storages. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/cgroup.h"
#include "lib/host/hostinfo.h"
#include "lib/runtime/lower/lower.h"
#include "lib/runtime/runtime.h"
#include "lib/storage/look.h"
#include "lib/storage/storage.h"
#include "pct/doctor/doctor.h"

#define FULL_PERCENT 80
#define VERY_FULL_PERCENT 95

static bool has_openat2(void)
{
	return syscall(SYS_openat2, -1, "", NULL, 0) < 0 && errno != ENOSYS;
}

static bool has_idmapped_mounts(void)
{
	return syscall(SYS_mount_setattr, -1, "", 0, NULL, 0) < 0 && errno != ENOSYS;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION) >= 2;
}

static bool has_userns(void)
{
	autofree char *max = NULL;

	return access("/proc/self/ns/user", F_OK) == 0 &&
	       (file_read("/proc/sys/user/max_user_namespaces", 32, &max, NULL, NULL) < 0 ||
		strtoul(max, NULL, 10) > 0);
}

static bool has_bridges(void)
{
	unsigned long version[3] = { 0 /* BRCTL_GET_VERSION */ };
	autoclose int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* If the bridge code is a module, this ioctl loads it. */
	return ioctl(fd, 0x8940 /* SIOCGIFBR */, version) >= 0;
}

static bool has_nftables(void)
{
	autoclose int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	return fd >= 0;
}

void doctor_kernel(struct doctor *d)
{
	static const struct {
		bool (*has)(void);
		enum doctor_level level;
		const char *what, *without, *remedy;
	} features[] = {
		{ has_openat2, DOCTOR_ERROR, "openat2", "no container can start",
		  "use a kernel of 5.6 or later" },
		{ has_idmapped_mounts, DOCTOR_WARNING, "id-mapped mounts",
		  "the files of unprivileged containers get shifted owners",
		  "use a kernel of 5.12 or later" },
		{ has_landlock, DOCTOR_WARNING, "Landlock (ABI 2)",
		  "setup is less confined", "use a kernel of 5.19 or later, with "
		  "landlock in lsm=" },
		{ has_userns, DOCTOR_ERROR, "user namespaces",
		  "no unprivileged container can start", "set user.max_user_namespaces (sysctl)" },
		{ has_bridges, DOCTOR_ERROR, "bridges", "no container can have a network",
		  "modprobe bridge" },
		{ has_nftables, DOCTOR_WARNING, "nf_tables",
		  "networks with firewall=1 do not work", "modprobe nf_tables" },
	};
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		if (!features[i].has()) {
			err_set(&e, ENOSYS, "kernel", "has no %s: %s", features[i].what,
				features[i].without);
			err_remedy(&e, "%s", features[i].remedy);
			doctor_add(d, features[i].level, &e);
		}
}

void doctor_cgroups(struct doctor *d)
{
	static const char *const wanted[] = { "memory", "cpu", "cpuset", "pids" };
	autostrv char **have = NULL;
	struct err e;

	if (cgroup_mode() != CGROUP_V2)
		return;
	have = cgroup_controllers(&e);
	if (!have) {
		doctor_add(d, DOCTOR_ERROR, &e);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!strv_has(have, wanted[i])) {
			err_set(&e, ENOENT, "cgroups", "there is no controller %s: its limits "
				"cannot be set", wanted[i]);
			err_remedy(&e, CGROUP_REMEDY);
			doctor_add(d, DOCTOR_WARNING, &e);
		}
}

void doctor_liblxc(struct doctor *d)
{
	unsigned major = runtime_major();
	struct err e;

	if (major < 5) {
		err_set(&e, ENOTSUP, "liblxc", "version %u is too old", major);
		err_remedy(&e, "install version 5 or later");
		doctor_add(d, DOCTOR_ERROR, &e);
	} else if (major >= 7 && cgroup_mode() != CGROUP_V2) {
		err_set(&e, ENOTSUP, "liblxc", "version %u works with cgroup v2 only", major);
		err_remedy(&e, "boot with systemd.unified_cgroup_hierarchy=1, or use liblxc 6");
		doctor_add(d, DOCTOR_ERROR, &e);
	}
}

/* The hooks and helpers that containers need; liblxc names only the first that is missing. */
void doctor_programs(struct doctor *d)
{
	static const char *const programs[] = {
		"lxc.hook.pre-start", "lxc.net.up", "lxc.hook.mount", "lxc.hook.autodev",
		"lxc.hook.start-host", "lxc.hook.post-stop", "pct-create", "pct-start", "pct-enter",
		"pct-net", "pct-dhcp",
	};
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		autofree char *path = xasprintf("%s/%s", path_hooks(), programs[i]);

		if (access(path, X_OK) == 0)
			continue;
		err_sys(&e, path, "execute");
		err_remedy(&e, "reinstall the suite (make install)");
		doctor_add(d, DOCTOR_ERROR, &e);
	}
}

static bool sets_cleared_hook(const char *path)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (file_read(path, CONF_MAX_SIZE, &text, NULL, NULL) == 0)
		lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		const char *key = *line + strspn(*line, " \t");

		if (str_after(key, "lxc.hook.mount") || str_after(key, "lxc.hook.post-stop"))
			return true;
	}
	return false;
}

/* lower_lxcfs() clears the hooks of lxcfs, and with them those of administrators. */
static void find_cleared_hooks(struct doctor *d)
{
	DIR *dir = access(LXCFS_CONF, F_OK) == 0 ? file_open_folder(AT_FDCWD, LXC_INCLUDES_MORE)
						 : NULL;
	struct dirent *entry;
	struct err e;

	while (dir && (entry = readdir(dir))) {
		autofree char *path = xasprintf(LXC_INCLUDES_MORE "/%s", entry->d_name);

		if (!str_ends_with(path, ".conf") || str_eq(path, LXCFS_CONF) ||
		    !sets_cleared_hook(path))
			continue;
		err_set(&e, ENOTSUP, path, "its mount and post-stop hooks do not run, because they "
			"are cleared together with the hooks of lxcfs");
		err_remedy(&e, "set them in the configs of containers");
		doctor_add(d, DOCTOR_WARNING, &e);
	}
	if (dir)
		closedir(dir);
}

void doctor_lxcfs(struct doctor *d)
{
	struct err e;

	find_cleared_hooks(d);
	if (hostinfo_has_lxcfs())
		return;
	err_set(&e, ENOENT, "lxcfs", "is not mounted on %s: free, uptime and top in a container "
		"show the values of the host", path_lxcfs());
	err_remedy(&e, "apt-get install lxcfs, and restart the containers");
	doctor_add(d, DOCTOR_WARNING, &e);
}

/* liblxc generates a profile for each container and loads it with apparmor_parser. */
void doctor_apparmor(struct doctor *d)
{
	autofree char *enabled = NULL;
	struct err e;

	if (file_read("/sys/module/apparmor/parameters/enabled", 8, &enabled, NULL, &e) < 0 ||
	    enabled[0] != 'Y') {
		err_set(&e, ENOTSUP, "AppArmor", "is not enabled: only namespaces and seccomp "
			"confine a privileged container");
		err_remedy(&e, "boot with lsm=landlock,apparmor if the kernel supports it");
		doctor_add(d, DOCTOR_WARNING, &e);
		return;
	}
	if (access("/sbin/apparmor_parser", X_OK) < 0 &&
	    access("/usr/sbin/apparmor_parser", X_OK) < 0) {
		err_set(&e, ENOENT, "AppArmor", "is enabled, but apparmor_parser, which loads the "
			"profiles of containers, is missing");
		err_remedy(&e, "apt-get install apparmor");
		doctor_add(d, DOCTOR_ERROR, &e);
	}
}

static void check_storage(struct doctor *d, const struct storage *s,
			  const struct storage_report *report)
{
	const struct storage_status *status = &report->status;
	uint64_t all = status->used + status->available;
	struct err e = report->err;

	if (!report->is_known) {
		/* The first create makes the folder of "local". */
		if (e.num == ENOENT && str_eq(s->id, "local") && !s->is_mountpoint)
			return;
		err_wrap(&e, "storage %s", s->id);
		if (!*e.remedy)
			err_remedy(&e, "mount it, or remove it: pct storage remove %s", s->id);
		doctor_add(d, DOCTOR_ERROR, &e);
		return;
	}
	if (storage_check_write(s, status, &e) < 0)
		doctor_add(d, DOCTOR_ERROR, &e);
	if (storage_warning(s, status, &e))
		doctor_add(d, DOCTOR_WARNING, &e);
	if (status->used < all / 100 * FULL_PERCENT)
		return;
	err_set(&e, ENOSPC, s->id, "the storage is %u %% full%s",
		(unsigned)(status->used / (all / 100 + 1)),
		status->used < all / 100 * VERY_FULL_PERCENT ? "" :
		": writes of its containers will fail soon");
	err_remedy(&e, "remove volumes (pct storage content %s), or add space", s->id);
	doctor_add(d, DOCTOR_WARNING, &e);
}

void doctor_storages(struct doctor *d)
{
	struct storage_report *reports;
	struct storage *list;
	struct err e;
	size_t n = 0;

	if (storage_list(&list, &e) < 0) {
		doctor_add(d, DOCTOR_ERROR, &e);
		return;
	}
	while (list[n].id)
		n++;
	reports = xcalloc(n + 1, sizeof *reports);
	storage_look_all(list, reports);
	for (size_t i = 0; i < n; i++)
		check_storage(d, &list[i], &reports[i]);
	free(reports);
	storage_list_free(list);
}
