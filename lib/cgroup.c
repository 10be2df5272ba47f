/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/file.h"
#include "lib/util.h"

#define CGROUP_TOP "/sys/fs/cgroup"
#define SWEEP_TRIES 100 /* of 50 ms */

enum cgroup_mode cgroup_mode(void)
{
	struct statfs top;

	if (statfs(CGROUP_TOP, &top) == 0 && top.f_type == CGROUP2_SUPER_MAGIC)
		return CGROUP_V2;
	if (statfs(CGROUP_TOP "/unified", &top) == 0 && top.f_type == CGROUP2_SUPER_MAGIC)
		return CGROUP_HYBRID;
	return CGROUP_V1;
}

/* Call fn with the folder of each hierarchy. */
static void each_hierarchy(void (*fn)(int dirfd, void *arg), void *arg)
{
	DIR *dir;

	if (cgroup_mode() == CGROUP_V2) {
		autoclose int fd = open(CGROUP_TOP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0)
			fn(fd, arg);
		return;
	}
	dir = opendir(CGROUP_TOP);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		autoclose int fd = -1;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			fn(fd, arg);
	}
	if (dir)
		closedir(dir);
}

/* Remove an empty group and its children.  One that still has processes stays: rmdir refuses. */
static void remove_group(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			remove_group(fd, entry->d_name);
	closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* What cannot be looked at counts as in use. */
static bool is_in_use(int parent, const char *name)
{
	autoclose int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autoclose int procs = fd < 0 ? -1 : openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	int copy = fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	bool used = !dir || procs < 0;
	char c;

	if (!used)
		used = read(procs, &c, 1) != 0;
	for (struct dirent *entry; !used && (entry = readdir(dir));)
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			used = is_in_use(fd, entry->d_name);
	if (dir)
		closedir(dir);
	else if (copy >= 0)
		close(copy);
	return used;
}

/* lxc.payload.105 and lxc.payload.105-1, but not lxc.payload.1055 or lxc.payload.105-web. */
static bool is_group_of(const char *name, const char *ctid)
{
	const char *rest = str_after(name, "lxc.payload.");

	if (!rest)
		rest = str_after(name, "lxc.monitor.");
	rest = rest ? str_after(rest, ctid) : NULL;
	if (rest && *rest == '-' && rest[1])
		rest += 1 + strspn(rest + 1, "0123456789");
	return rest && !*rest;
}

struct sweep {
	char *ctid;
	bool left; /* a group of a container that is not quite dead */
};

static void sweep_hierarchy(int dirfd, void *arg)
{
	struct sweep *sweep = arg;
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_type == DT_DIR && is_group_of(entry->d_name, sweep->ctid)) {
			/* A live container's empty groups are its own business. */
			if (!is_in_use(dirfd, entry->d_name))
				remove_group(dirfd, entry->d_name);
			sweep->left |= faccessat(dirfd, entry->d_name, F_OK, 0) == 0;
		}
	closedir(dir);
}

void cgroup_sweep(unsigned ctid)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	autofree char *name = xasprintf("%u", ctid);

	/* The kernel takes its time to reap a container whose monitor was killed. */
	for (int tries = 0; tries < SWEEP_TRIES; tries++) {
		struct sweep sweep = { .ctid = name };

		each_hierarchy(sweep_hierarchy, &sweep);
		if (!sweep.left)
			return;
		nanosleep(&pause, NULL);
	}
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
	each_hierarchy(leave_hierarchy, NULL);
}
