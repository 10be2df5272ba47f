/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
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

int mount_ext4(const char *device, const char *path, unsigned attributes, struct err *e)
{
	autoclose int fs = fsopen("ext4", FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return err_sys(e, path, "use ext4");
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", device, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return mount_failed(fs, path, e);
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attributes);
	return fd < 0 ? mount_failed(fs, path, e) : fd;
}

static int map_ids(int fd, const char *path, int userns_fd, struct err *e)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (__u64)userns_fd };

	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0)
		return 0;
	/*
	 * EINVAL: the file system does not support it; ENOSYS: kernel before 5.12
	 * (mount_setattr(2)).
	 */
	if (errno == EINVAL || errno == ENOSYS)
		errno = EOPNOTSUPP;
	return err_sys(e, path, "map ids");
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

int mount_volume(const struct volume *v, const char *target, const char *inside, int userns_fd,
		 struct err *e)
{
	/* Root of an unprivileged container cannot create device nodes that it could use. */
	unsigned attributes = userns_fd >= 0 ? MOUNT_ATTR_NODEV : 0;
	autoclose int at = open_mount_point(target, inside, e), fd = -1;
	int r;

	if (at < 0)
		return at;
	fd = v->ops->mount(v, attributes, e);
	if (fd < 0)
		return fd;
	if (userns_fd >= 0) {
		r = map_ids(fd, v->path, userns_fd, e);
		if (r < 0)
			return r;
	}
	if (move_mount(fd, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, target, "mount %s", v->id);
	return 0;
}

int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e)
{
	bool to_map = conf->mapped && !conf->shifted;
	autoclose int userns = to_map ? idmap_userns(map, e) : -1;
	int r = to_map && userns < 0 ? userns : 0;

	for (size_t i = 0; i < conf->n_volumes && r == 0; i++) {
		struct volume v = { 0 };

		r = volume_find(conf->volumes[i].id, conf->ctid, &v, e);
		if (r == 0)
			r = mount_volume(&v, target, conf->volumes[i].mount_point, userns, e);
		volume_done(&v);
	}
	if (r == -EOPNOTSUPP)
		err_remedy(e, "use a raw volume, or recreate the container on this storage");
	return r;
}
