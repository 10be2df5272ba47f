/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices of a running container.  Children enter the namespaces, with a time limit, since a
 * process in the container may try to block the access to its files.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/cgroup.h"
#include "lib/host/device.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/devices/devices-internal.h"
#include "lib/runtime/devices/devices.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/lower/lower.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/runtime.h"

#define SECONDS 30

struct job {
	const struct conf_device *device;
	const struct idmap *map;
	const char *folder;
	int init, monitor; /* pidfds */
	int userns;        /* -1: the host's */
	struct stat node;  /* the node in the folder, once it is known */
};

/* ---- in a child ---- */

/* For a process in the mount namespace from which init's root was opened. */
static int take_dev(int root_fd, struct rootfs **ret, struct err *e)
{
	struct rootfs *root = NULL;
	int r = rootfs_take(root_fd, "the container's root", &root, e);

	if (r == 0)
		r = devices_open_dev(root, ret, e);
	rootfs_close(root);
	return r;
}

static int join(int pidfd, const char *whose, struct err *e)
{
	return setns(pidfd, CLONE_NEWNS) < 0 ? err_sys(e, whose, "enter") : 0;
}

/* As container root. */
static int make_point(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	struct rootfs *dev = NULL;
	int root, r;

	(void)out_fd;
	run_close_others(job->init, job->userns);
	root = guest_open_root(job->init, e);
	r = root < 0 ? root : take_dev(root, &dev, e);
	if (r == 0 && job->userns >= 0)
		r = run_enter_userns(job->userns, e);
	if (r == 0)
		r = rootfs_confine(dev, NULL, e);
	if (r == 0)
		r = devices_make_point(dev, job->device, e);
	rootfs_close(dev);
	return r;
}

static bool is_mount(int fd)
{
	struct statx st;

	return statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st) == 0 &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* In the monitor's namespace.  A container that started without devices has no nodes. */
static int make_node(const struct job *job, struct err *e)
{
	autoclose int dir = open(job->folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = dir >= 0 && is_mount(dir) ? 0 : devices_mount(job->folder, e);

	return r < 0 ? r : devices_make_node(job->folder, job->device, job->map, e);
}

static int tell_node(int fd, int out_fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "the node", "look at");
	return file_write_all(out_fd, &st, sizeof st) < 0 ? err_sys(e, NULL, "write") : 0;
}

static int place(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	autoclose int node = -1;
	struct rootfs *dev = NULL;
	int root = guest_open_root(job->init, e);
	int r = root < 0 ? root : join(job->monitor, "the monitor's mounts", e);

	if (r == 0)
		r = make_node(job, e);
	if (r == 0) {
		node = devices_open_node(job->folder, job->device, e);
		r = node < 0 ? node : tell_node(node, out_fd, e);
	}
	if (r == 0)
		r = join(job->init, "the container's mounts", e);
	if (r == 0)
		r = take_dev(root, &dev, e);
	if (r == 0)
		r = devices_place(dev, job->device, node, e);
	rootfs_close(dev);
	return r;
}

/* The node's numbers, before it is removed.  Returns -ENOENT: there is none. */
static int find_node(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	autofree char *path = xasprintf("%s/%s", job->folder, job->device->slot);
	autoclose int fd = -1;
	int r = join(job->monitor, "the monitor's mounts", e);

	if (r < 0)
		return r;
	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(e, path, "open") : tell_node(fd, out_fd, e);
}

/* Unmount the node if it is still in its place, and the path to it has no links. */
static int unmount(struct rootfs *dev, const struct job *job, struct err *e)
{
	const char *path = devices_path(job->device), *name = strrchr(path, '/') + 1;
	autofree char *parent = xstrndup(path, (size_t)(name - path));
	autoclose int dir = rootfs_open_live_mount_point(dev, parent, NULL), point = -1;
	struct stat st;

	if (dir < 0)
		return 0;
	if (fchdir(dir) < 0)
		return err_sys(e, job->device->path, "enter its folder");
	point = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (point < 0 || fstat(point, &st) < 0 || st.st_dev != job->node.st_dev ||
	    st.st_ino != job->node.st_ino)
		return 0;
	util_closep(&point);
	if (umount2(name, UMOUNT_NOFOLLOW | MNT_DETACH) < 0)
		return err_sys(e, job->device->path, "unmount");
	unlinkat(dir, name, 0);
	return 0;
}

static int take_away(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	struct rootfs *dev = NULL;
	int root, r;

	(void)out_fd;
	run_close_others(job->init, -1);
	root = guest_open_root(job->init, e);
	r = root < 0 ? root : join(job->init, "the container's mounts", e);
	/* Where another file system is /dev, there is no node of ours. */
	if (r == 0 && take_dev(root, &dev, NULL) == 0)
		r = unmount(dev, job, e);
	rootfs_close(dev);
	return r;
}

static int remove_node(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	autofree char *path = xasprintf("%s/%s", job->folder, job->device->slot);
	int r = join(job->monitor, "the monitor's mounts", e);

	(void)out_fd;
	return r < 0 ? r : file_remove(path, e);
}

/* ---- the device cgroup ---- */

static int set_filter(unsigned ctid, bool allow, const struct stat *node, const char *access,
		      struct err *e)
{
	const struct device d = { S_ISCHR(node->st_mode) ? 'c' : 'b', major(node->st_rdev),
				  minor(node->st_rdev) };
	const char *key = allow ? "devices.allow" : "devices.deny";
	autofree char *rule = lower_device_rule(&d, access);

	if (cgroup_mode() != CGROUP_V2)
		return cgroup_set(ctid, key, rule, e);
	/* Without a filter, all devices are allowed, and a rule would deny all the others. */
	return cgroup_has_device_filter(ctid) ? runtime_set_cgroup(ctid, key, rule, e) : 0;
}

/* The rules are those of lowering. */
static int allow(unsigned ctid, const struct job *job, struct err *e)
{
	bool deny_write = job->device->deny_write;
	int r = deny_write ? set_filter(ctid, false, &job->node, "rwm", e) : 0;

	return r < 0 ? r : set_filter(ctid, true, &job->node, deny_write ? "r" : "rw", e);
}

/* ---- */

static int run(int (*fn)(void *arg, int out_fd, struct err *e), struct job *job,
	       struct stat *ret_node, struct err *e)
{
	autofree char *out = NULL;
	int r = run_confined_within(-1, SECONDS, fn, job, ret_node ? &out : NULL,
				    ret_node ? sizeof *ret_node : 0, e);

	if (r == -ETIMEDOUT) {
		err_wrap(e, "the container's files");
		err_remedy(e, "a process in the container blocks the access; stop it");
	}
	if (r == 0 && ret_node)
		memcpy(ret_node, out, sizeof *ret_node);
	return r;
}

static int open_monitor(unsigned ctid, struct err *e)
{
	int fd = monitor_open(ctid);

	return fd < 0 ? err_set(e, ESRCH, "the container's monitor", "is gone") : fd;
}

bool devices_can_add(unsigned ctid, const struct conf_device *d)
{
	autoclose int monitor = monitor_open(ctid);

	return monitor >= 0 && (!d->deny_write || cgroup_mode() != CGROUP_V2 ||
				cgroup_has_device_filter(ctid));
}

int devices_add(unsigned ctid, int init, const struct conf_device *d, const struct idmap *map,
		struct err *e)
{
	autofree char *folder = runfile(ctid, RUNFILE_DEVICES);
	autoclose int monitor = open_monitor(ctid, e), userns = -1;
	struct job job = { .device = d, .map = map, .folder = folder, .init = init,
			   .monitor = monitor, .userns = -1 };
	int r = monitor < 0 ? monitor : devices_check(d, map, e);

	if (r == 0)
		r = devices_remove(ctid, init, d, e);
	if (r == 0 && map) {
		userns = idmap_userns(map, e);
		r = userns < 0 ? userns : 0;
		job.userns = userns;
	}
	if (r == 0)
		r = run(make_point, &job, NULL, e);
	if (r == 0)
		r = run(place, &job, &job.node, e);
	return r < 0 ? r : allow(ctid, &job, e);
}

int devices_remove(unsigned ctid, int init, const struct conf_device *d, struct err *e)
{
	autofree char *folder = runfile(ctid, RUNFILE_DEVICES);
	autoclose int monitor = open_monitor(ctid, e);
	struct job job = { .device = d, .folder = folder, .init = init, .monitor = monitor,
			   .userns = -1 };
	int r = monitor < 0 ? monitor : run(find_node, &job, &job.node, e);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = run(take_away, &job, NULL, e);
	if (r == 0)
		r = set_filter(ctid, false, &job.node, d->deny_write ? "r" : "rw", e);
	return r < 0 ? r : run(remove_node, &job, NULL, e);
}
