/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/storage/shift.h"
#include "lib/storage/storage.h"

int mount_namespace(struct err *e)
{
	if (unshare(CLONE_NEWNS) < 0)
		return err_sys(e, NULL, "make a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(e, "/", "stop mounts from propagating");
	return 0;
}

/* Get ext4's messages from the mount's descriptor; others are only in the kernel log. */
static int mount_failed(int fs, const char *path, struct err *e)
{
	int num = errno;
	char text[256];
	ssize_t n = read(fs, text, sizeof text - 1);

	if (n > 2) {
		text[n] = '\0';
		err_set(e, num, path, "cannot mount: %s (%s)", strerror(num), text + 2);
	} else {
		err_set(e, num, path, "cannot mount: %s", strerror(num));
	}
	return err_remedy(e, "see the kernel log (dmesg); \"e2fsck -f %s\" repairs an image",
			  path);
}

int mount_ext4(const char *device, const char *path, struct err *e)
{
	autoclose int fs = fsopen("ext4", FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return err_sys(e, path, "use ext4");
	/* An image may demand that its first error be a panic of the host. */
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", device, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "errors", "remount-ro", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return mount_failed(fs, path, e);
	fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? mount_failed(fs, path, e) : fd;
}

/* Set the attributes of a mount in an unprivileged container. */
static int restrict_mount(int fd, const char *path, int userns, struct err *e)
{
	/* Root of an unprivileged container could not have made the device nodes on it. */
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV };

	if (userns >= 0) {
		attr.attr_set |= MOUNT_ATTR_IDMAP;
		attr.userns_fd = (__u64)userns;
	}
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0)
		return 0;
	if (userns < 0)
		return err_sys(e, path, "forbid devices");
	/*
	 * EINVAL: the file system does not support it; ENOSYS: kernel before 5.12
	 * (mount_setattr(2)).
	 */
	if (errno != EINVAL && errno != ENOSYS)
		return err_sys(e, path, "map ids");
	errno = EOPNOTSUPP;
	err_sys(e, path, "map ids");
	return err_remedy(e, "use a raw volume, or recreate the container on this storage");
}

static int open_mount_point(const char *target, const char *inside, struct err *e)
{
	struct rootfs *root = NULL;
	int r = rootfs_open(target, &root, e);

	if (r == 0)
		r = rootfs_open_folder(root, inside, e);
	rootfs_close(root);
	return r;
}

/* Fit a detached mount to the container's ids. */
static int fit_ids(const struct conf *conf, const struct idmap *map, const struct volume *v, int fd,
		   struct err *e)
{
	autoclose int userns = -1;
	bool shifted = false;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return err_sys(e, v->path, "stat");
	r = shift_find(conf, map, v->path, &(struct volume_owner){ st.st_uid, st.st_gid }, &shifted,
		       e);
	if (r < 0 || !map)
		return r;
	if (!shifted) {
		userns = idmap_userns(map, e);
		if (userns < 0)
			return userns;
	}
	return restrict_mount(fd, v->path, userns, e);
}

static int mount_volume(const struct conf *conf, const struct idmap *map, const char *target,
			const struct conf_volume *wanted, struct err *e)
{
	autoclose int at = open_mount_point(target, wanted->mount_point, e), fd = -1;
	struct volume v = { 0 };
	int r = at < 0 ? at : volume_find(wanted->id, conf->ctid, &v, e);

	if (r < 0)
		return r;
	fd = v.ops->mount(&v, e);
	r = fd < 0 ? fd : fit_ids(conf, map, &v, fd, e);
	if (r == 0 &&
	    move_mount(fd, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		r = err_sys(e, target, "mount %s", v.id);
	volume_done(&v);
	return r;
}

int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < conf->n_volumes && r == 0; i++)
		r = mount_volume(conf, map, target, &conf->volumes[i], e);
	return r;
}
