/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/cgroup-internal.h"
#include "lib/host/cgroup-walk.h"

#define CGROUP_TOP "/sys/fs/cgroup"
#define SWEEP_TRIES 100 /* times 50 ms */

enum cgroup_mode cgroup_mode(void)
{
	struct statfs top;

	if (statfs(CGROUP_TOP, &top) == 0 && top.f_type == CGROUP2_SUPER_MAGIC)
		return CGROUP_V2;
	if (statfs(CGROUP_TOP "/unified", &top) == 0 && top.f_type == CGROUP2_SUPER_MAGIC)
		return CGROUP_HYBRID;
	return CGROUP_V1;
}

char **cgroup_controllers(struct err *e)
{
	autofree char *text = NULL;

	if (file_read(CGROUP_TOP "/cgroup.controllers", 4096, &text, NULL, e) < 0)
		return NULL;
	return strv_split(text, " \n");
}

int cgroup_check_controllers(const char *runtime, char *const *controllers, struct err *e)
{
	autostrv char **lines = strv_split(runtime, "\n");

	for (char **line = lines; *line; line++) {
		const char *setting = str_after(*line, "lxc.cgroup2.");
		autofree char *name = setting ? xstrndup(setting, strcspn(setting, " =")) : NULL;
		autofree char *controller = name ? xstrndup(name, strcspn(name, ".")) : NULL;

		/* Every group has cgroup.*; liblxc implements devices.* as a BPF program. */
		if (!name || str_eq(controller, "cgroup") || str_eq(controller, "devices") ||
		    strv_has(controllers, controller))
			continue;
		err_set(e, ENOSYS, name, "cannot be set: this host's cgroup v2 has no controller "
			"\"%s\"", controller);
		return err_remedy(e, CGROUP_REMEDY ", or remove the limit");
	}
	return 0;
}

void cgroup_each_hierarchy(void (*fn)(int dirfd, void *arg), void *arg)
{
	DIR *dir = file_open_folder(AT_FDCWD, CGROUP_TOP);

	if (!dir)
		return;
	if (cgroup_mode() == CGROUP_V2)
		fn(dirfd(dir), arg);
	else
		for (const char *name; (name = cgroup_next(dir));) {
			autoclose int fd = openat(dirfd(dir), name,
						  O_RDONLY | O_DIRECTORY | O_CLOEXEC);

			if (fd >= 0)
				fn(fd, arg);
		}
	closedir(dir);
}

/* A group that cannot be read counts as in use. */
static bool is_empty(int group, void *unused)
{
	autoclose int procs = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	char c;

	(void)unused;
	return procs >= 0 && read(procs, &c, 1) == 0;
}

/* Read the beginning of a small kernel file. */
static bool read_start(int group, const char *name, char ret[64])
{
	autoclose int fd = openat(group, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret, 63);

	ret[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* cgroup.events of v2 also counts threaded groups, whose cgroup.procs cannot be read. */
bool cgroup_is_populated(int parent, const char *name)
{
	autoclose int group = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char text[64];

	if (group < 0)
		return errno != ENOENT;
	if (read_start(group, "cgroup.events", text))
		return !strstr(text, "populated 0");
	/* v1: counts zombies, too. */
	if (read_start(group, "pids.current", text) && str_eq(text, "0\n"))
		return false;
	return !cgroup_walk(parent, name, is_empty, NULL);
}

bool cgroup_is_suffix(const char *rest)
{
	if (*rest == '-' && rest[1])
		rest += 1 + strspn(rest + 1, "0123456789");
	return !*rest;
}

/* lxc.payload.105 and lxc.payload.105-1, but not lxc.payload.1055 or lxc.payload.105-web. */
static bool is_group_of(const char *name, const char *ctid)
{
	const char *rest = str_after(name, "lxc.payload.");

	if (!rest)
		rest = str_after(name, "lxc.monitor.");
	rest = rest ? str_after(rest, ctid) : NULL;
	return rest && cgroup_is_suffix(rest);
}

struct sweep {
	char *ctid;
	bool left; /* a group remains in which processes are dying */
};

static void sweep_hierarchy(int dirfd, void *arg)
{
	struct sweep *sweep = arg;
	DIR *dir = file_open_folder(dirfd, ".");

	for (const char *name; (name = cgroup_next(dir));)
		if (is_group_of(name, sweep->ctid)) {
			/* Empty groups of a live container must stay. */
			if (!cgroup_is_populated(dirfd, name))
				cgroup_remove(dirfd, name);
			sweep->left |= faccessat(dirfd, name, F_OK, 0) == 0;
		}
	if (dir)
		closedir(dir);
}

static void look_in_hierarchy(int dirfd, void *arg)
{
	struct sweep *look = arg;
	DIR *dir = file_open_folder(dirfd, ".");

	for (const char *name; (name = cgroup_next(dir));)
		look->left |= is_group_of(name, look->ctid);
	if (dir)
		closedir(dir);
}

bool cgroup_is_left(unsigned ctid)
{
	autofree char *name = xasprintf("%u", ctid);
	struct sweep look = { .ctid = name };

	cgroup_each_hierarchy(look_in_hierarchy, &look);
	return look.left;
}

bool cgroup_sweep(unsigned ctid)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	autofree char *name = xasprintf("%u", ctid);

	/* The kernel needs time to reap a container whose monitor was killed. */
	for (int tries = 0; tries < SWEEP_TRIES; tries++) {
		struct sweep sweep = { .ctid = name };

		cgroup_each_hierarchy(sweep_hierarchy, &sweep);
		if (!sweep.left)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void leave_hierarchy(int dirfd, void *unused)
{
	autoclose int fd = openat(dirfd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	(void)unused;
	if (fd >= 0)
		(void)file_write_all(fd, "0", 1);
}

void cgroup_leave(void)
{
	cgroup_each_hierarchy(leave_hierarchy, NULL);
}

/* ---- the freezer ---- */

bool cgroup_write(int group, const char *name, const char *value)
{
	autoclose int fd = openat(group, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd >= 0 && file_write_all(fd, value, strlen(value)) == 0;
}

/* Thaw by the freezer of v1 or of v2. */
static bool thaw_group(int group, void *unused)
{
	(void)unused;
	if (!cgroup_write(group, "freezer.state", "THAWED"))
		cgroup_write(group, "cgroup.freeze", "0");
	return true;
}

static bool has_freezer(int dirfd, const char *name)
{
	autofree char *v1 = xasprintf("%s/freezer.state", name);
	autofree char *v2 = xasprintf("%s/cgroup.freeze", name);

	return faccessat(dirfd, v1, F_OK, 0) == 0 || faccessat(dirfd, v2, F_OK, 0) == 0;
}

static void thaw_in_hierarchy(int dirfd, void *arg)
{
	const char *ctid = arg;
	DIR *dir = file_open_folder(dirfd, ".");

	for (const char *name; (name = cgroup_next(dir));)
		if (is_group_of(name, ctid) && has_freezer(dirfd, name))
			cgroup_walk(dirfd, name, thaw_group, NULL);
	if (dir)
		closedir(dir);
}

void cgroup_thaw(unsigned ctid)
{
	autofree char *name = xasprintf("%u", ctid);

	cgroup_each_hierarchy(thaw_in_hierarchy, name);
}
