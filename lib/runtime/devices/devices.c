/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/devices/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/device.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/runtime/devices/devices-internal.h"

/* ---- the nodes ---- */

static int map_id(const struct idmap_range *v, unsigned n, const char *word, uint32_t id,
		  uint32_t *ret, struct err *e)
{
	if (idmap_outside(v, n, id, ret))
		return 0;
	err_set(e, EINVAL, NULL, "%s=%u: the container's id map does not have this id", word, id);
	return err_remedy(e, "choose an id that the container has");
}

static int host_ids(const struct conf_device *d, const struct idmap *map, uid_t *ret_uid,
		    gid_t *ret_gid, struct err *e)
{
	int r;

	*ret_uid = d->uid;
	*ret_gid = d->gid;
	if (!map)
		return 0;
	r = map_id(map->uid, map->n_uid, "uid", d->uid, ret_uid, e);
	return r < 0 ? r : map_id(map->gid, map->n_gid, "gid", d->gid, ret_gid, e);
}

int devices_check(const struct conf_device *d, const struct idmap *map, struct err *e)
{
	struct device found;
	uid_t uid;
	gid_t gid;
	int r = device_look(d->path, &found, e);

	return r < 0 ? r : host_ids(d, map, &uid, &gid, e);
}

int devices_make_node(const char *folder, const struct conf_device *d, const struct idmap *map,
		      struct err *e)
{
	autoclose int dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct device found;
	uid_t uid;
	gid_t gid;
	int r = dir < 0 ? err_sys(e, folder, "open") : device_look(d->path, &found, e);

	if (r == 0)
		r = host_ids(d, map, &uid, &gid, e);
	return r < 0 ? r : device_make(&found, dir, d->slot, uid, gid, d->mode, e);
}

int devices_mount(const char *folder, struct err *e)
{
	int r = file_mkdirs(folder, 0755, e);

	if (r < 0)
		return r;
	if (mount("devices", folder, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k") < 0)
		return err_sys(e, folder, "mount a file system for the nodes of devices");
	return 0;
}

int devices_make(const struct conf *conf, const struct idmap *map, struct err *e)
{
	autofree char *folder = runfile(conf->ctid, RUNFILE_DEVICES);
	int r = 0;

	while (umount2(folder, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		continue;
	if (conf->n_devices)
		r = devices_mount(folder, e);
	for (size_t i = 0; i < conf->n_devices && r == 0; i++) {
		r = devices_make_node(folder, &conf->devices[i], map, e);
		if (r < 0)
			err_wrap(e, "%s", conf->devices[i].slot);
	}
	return r;
}

/* ---- binding them ---- */

int devices_open_dev(struct rootfs *root, struct rootfs **ret, struct err *e)
{
	autoclose int fd = rootfs_open_mount_point(root, "/dev", e);
	struct statx st;

	if (fd < 0)
		return fd == -ENOENT ? err_set(e, ENOENT, "/dev", "is missing") : fd;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0)
		return err_sys(e, "/dev", "look at");
	/* The image's own folder may have anything in it. */
	if (!(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return err_set(e, EXDEV, "/dev", "has no file system of its own");
	return rootfs_take(steal_fd(&fd), "/dev", ret, e);
}

const char *devices_path(const struct conf_device *d)
{
	return str_after(d->path, "/dev");
}

/* Paths below /dev have no "/dev" in errors. */
static int of_dev(int r, struct err *e)
{
	if (r < 0 && e && *e->object == '/') {
		autofree char *path = xasprintf("/dev%s", e->object);

		err_set_object(e, path);
	}
	return r;
}

/* As container root.  A file that exists is used if it is a regular one. */
int devices_make_point(struct rootfs *dev, const struct conf_device *d, struct err *e)
{
	const char *path = devices_path(d), *slash = strrchr(path, '/');
	autofree char *parent = xstrndup(path, (size_t)(slash - path));
	int r = *parent ? rootfs_mkdir(dev, parent, 0755, e) : 0;

	if (r == 0)
		r = rootfs_write(dev, path, "", 0, 0, 0, e);
	return of_dev(r, e);
}

int devices_open_node(const char *folder, const struct conf_device *d, struct err *e)
{
	autofree char *node = xasprintf("%s/%s", folder, d->slot);
	int fd = open_tree(AT_FDCWD, node, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			   AT_SYMLINK_NOFOLLOW);

	return fd < 0 ? err_sys(e, node, "take the node") : fd;
}

int devices_place(struct rootfs *dev, const struct conf_device *d, int node, struct err *e)
{
	autoclose int point = rootfs_open_file_point(dev, devices_path(d), e);

	if (point < 0)
		return of_dev(point, e);
	if (move_mount(node, "", point, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, d->path, "bind the node");
	return 0;
}

struct points {
	const struct conf *conf;
	struct rootfs *dev;
};

static int make_points(void *arg, int out_fd, struct err *e)
{
	const struct points *p = arg;
	int r = rootfs_confine(p->dev, NULL, e);

	(void)out_fd;
	for (size_t i = 0; i < p->conf->n_devices && r == 0; i++) {
		r = devices_make_point(p->dev, &p->conf->devices[i], e);
		if (r < 0)
			err_wrap(e, "%s", p->conf->devices[i].slot);
	}
	return r;
}

static int bind_one(const struct conf *conf, struct rootfs *dev, size_t i, struct err *e)
{
	autofree char *folder = runfile(conf->ctid, RUNFILE_DEVICES);
	const struct conf_device *d = &conf->devices[i];
	autoclose int node = devices_open_node(folder, d, e);
	int r = node < 0 ? node : devices_place(dev, d, node, e);

	return r < 0 ? err_wrap(e, "%s", d->slot) : 0;
}

int devices_bind(const struct conf *conf, const char *rootfs, struct err *e)
{
	struct rootfs *root = NULL, *dev = NULL;
	int r = rootfs_open(rootfs, &root, e);

	if (r == 0)
		r = devices_open_dev(root, &dev, e);
	if (r == 0)
		r = run_confined(-1, make_points, &(struct points){ conf, dev }, NULL, 0, e);
	for (size_t i = 0; i < conf->n_devices && r == 0; i++)
		r = bind_one(conf, dev, i, e);
	rootfs_close(dev);
	rootfs_close(root);
	return r;
}
