/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage type btrfs: a folder on btrfs, whose volumes are subvolumes.
 * PATH/images/CTID/NAME.subvol is a folder, whose size is a quota; without quotas, a volume with a
 * size is an image.  The image STORAGE:CTID/NAME.raw is the file PATH/images/CTID/NAME/disk.raw, in
 * a subvolume of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/btrfs.h"
#include "lib/storage/storage.h"
#include "lib/storage/tree-lock.h"
#include "lib/storage/type/file-volume.h"
#include "lib/storage/upkeep.h"

#define MIB (UINT64_C(1) << 20)
#define DISK "/disk.raw"

/* ---- storage.cfg, volume ids ---- */

static bool btrfs_locate(const struct storage *s, const char *name, unsigned *ret_owner,
			 struct volume *ret)
{
	struct volume v = { 0 };

	if (!volume_dir.locate(s, name, ret_owner, &v))
		return false;
	v.ops = &volume_btrfs;
	if (v.form == VOLUME_RAW) {
		autofree char *path = v.path;

		v.path = xasprintf("%.*s" DISK, (int)(strlen(path) - strlen(".raw")), path);
	}
	*ret = v;
	return true;
}

/* A folder, unless it needs a size that it cannot have.  The root volume has the number 0. */
static char *name_of(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n)
{
	autoclose int dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (mib && !btrfs_can_limit(dir))
		return xasprintf("%u/vm-%u-disk-%u.raw", ctid, ctid, n);
	return xasprintf("%u/subvol-%u-disk-%u.subvol", ctid, ctid, n);
}

static char *btrfs_root_name(const struct storage *s, unsigned ctid, uint64_t mib)
{
	return name_of(s, ctid, mib, 0);
}

static char *btrfs_disk_name(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n)
{
	return name_of(s, ctid, mib, n + 1);
}

const struct volume_ops volume_btrfs = {
	.type = "btrfs",
	.required = "path",
	.optional = "mkdir create-base-path create-subdirs is_mountpoint format preallocation "
		    "nocow prune-backups maxfiles",
	.locate = btrfs_locate,
	.look = file_volume_look,
	.mount = file_volume_mount,
};

/* ---- listing, status ---- */

static char *btrfs_name_of(const char *file)
{
	if (str_ends_with(file, ".raw"))
		return NULL;
	return str_ends_with(file, ".subvol") ? xstrdup(file) : xasprintf("%s.raw", file);
}

static int btrfs_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	return file_volume_list(s, ctid, btrfs_name_of, ret, e);
}

static int check_btrfs(const struct storage *s, int dir, struct err *e)
{
	if (btrfs_has(dir))
		return 0;
	err_set(e, EINVAL, s->id, "%s is not on btrfs", s->path);
	return err_remedy(e, "use a storage of type dir");
}

static int btrfs_status(const struct storage *s, struct storage_status *ret, struct err *e)
{
	autoclose int dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = dir < 0 ? err_sys(e, s->path, "open") : check_btrfs(s, dir, e);

	if (r == 0)
		r = storage_dir.status(s, ret, e);
	if (r == 0 && btrfs_can_limit(dir))
		ret->can |= STORAGE_CAN_LIMIT_FOLDERS;
	return r;
}

/* ---- creating and removing ---- */

/* Open the folder of a path whose last part is *ret_name. */
static int open_parent(const char *path, const char **ret_name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent = xstrndup(path, (size_t)(slash - path));
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	*ret_name = slash + 1;
	return fd < 0 ? err_sys(e, parent, "open") : fd;
}

static int open_top(const char *path, struct err *e)
{
	int top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return top < 0 ? err_sys(e, path, "open") : top;
}

/* Only with a mode that does not depend on the umask, and its size, is it complete. */
static int finish_subvolume(const char *path, mode_t mode, uint64_t mib, struct err *e)
{
	autoclose int top = open_top(path, e);

	if (top < 0)
		return top;
	if (fchmod(top, mode) < 0)
		return err_sys(e, path, "set its mode");
	return mib ? btrfs_limit(top, mib * MIB, path, e) : 0;
}

static int make_subvolume(const struct storage *s, const char *path, mode_t mode, uint64_t mib,
			  struct err *e)
{
	const char *name;
	autoclose int dir = open_parent(path, &name, e);
	int r = dir < 0 ? dir : check_btrfs(s, dir, e);

	if (r == 0)
		r = btrfs_make(dir, name, path, e);
	if (r < 0)
		return r;
	r = finish_subvolume(path, mode, mib, e);
	if (r == 0)
		r = file_sync_parent(path, e);
	if (r < 0)
		btrfs_remove(dir, name, path, NULL);
	return r;
}

/* Before an image is made, so that its file inherits it. */
static int forbid_cow(const char *path, struct err *e)
{
	autoclose int top = open_top(path, e);
	int flags = 0;

	if (top < 0)
		return top;
	if (ioctl(top, FS_IOC_GETFLAGS, &flags) < 0)
		return err_sys(e, path, "get its attributes");
	flags |= FS_NOCOW_FL;
	return ioctl(top, FS_IOC_SETFLAGS, &flags) < 0 ? err_sys(e, path, "set nocow") : 0;
}

static int create_raw(const struct volume *v, const char *subvolume, uint64_t mib, struct err *e)
{
	int r = make_subvolume(v->storage, subvolume, 0700, 0, e);

	if (r == 0 && storage_flag(v->storage->nocow, false))
		r = forbid_cow(subvolume, e);
	return r < 0 ? r : file_volume_create(v, mib, e);
}

static int btrfs_create(const struct volume *v, uint64_t mib, struct err *e)
{
	struct volume folder = *v;
	autofree char *subvolume = NULL, *images = NULL;
	int r;

	if (v->form == VOLUME_RAW)
		folder.path = subvolume = xstrndup(v->path, strlen(v->path) - strlen(DISK));
	images = xstrndup(folder.path, (size_t)(strrchr(folder.path, '/') - folder.path));
	r = file_volume_prepare(&folder, e);
	if (r == -EEXIST)
		return r;
	if (r == 0)
		r = subvolume ? create_raw(v, subvolume, mib, e)
			      : make_subvolume(v->storage, v->path, 0755, mib, e);
	if (r < 0 && subvolume)
		rmdir(subvolume);
	if (r < 0)
		rmdir(images);
	return r;
}

/* A folder that is no subvolume stays: somebody copied it here. */
static int remove_subvolume(const char *path, struct err *e)
{
	const char *name;
	autoclose int dir = open_parent(path, &name, NULL);
	autoclose int top = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int r = 0;

	if (top < 0 || !btrfs_is_top(top))
		return 0;
	r = tree_lock(top, path, e);
	return r < 0 ? r : btrfs_remove(dir, name, path, e);
}

static int btrfs_remove_volume(const struct volume *v, struct err *e)
{
	int r = v->form == VOLUME_RAW ? 0 : remove_subvolume(v->path, e);
	autofree char *dir = NULL;

	if (r == 0)
		r = file_volume_remove(v, e);
	if (r < 0 || v->form == VOLUME_TREE)
		return r;
	dir = xstrndup(v->path, strlen(v->path) - strlen(DISK));
	*strrchr(dir, '/') = '\0';
	if (rmdir(dir) < 0 && errno != ENOENT && errno != ENOTEMPTY)
		return err_sys(e, dir, "remove");
	return 0;
}

/* ---- size ---- */

static int usage(const struct volume *v, struct volume_space *ret, struct err *e)
{
	struct volume_owner ignored;
	int r = v->ops->look(v, &ignored, e);
	autoclose int top = r < 0 ? r : open_top(v->path, e);

	*ret = (struct volume_space){ 0 };
	if (top < 0 || !btrfs_is_top(top))
		return top < 0 ? top : 0;
	return btrfs_usage(top, &ret->size, &ret->used, v->path, e);
}

static int btrfs_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	struct volume_space space;
	int r;

	if (v->form == VOLUME_RAW)
		return file_volume_size(v, ret, e);
	r = usage(v, &space, e);
	if (r == 0)
		*ret = space.size;
	return r;
}

static int btrfs_space(const struct volume *v, struct volume_space *ret, struct err *e)
{
	struct statvfs fs;
	int r = usage(v, ret, e);

	if (r < 0)
		return r;
	if (!ret->size)
		return -ENXIO;
	if (statvfs(v->path, &fs) < 0)
		return err_sys(e, v->path, "look at the file system");
	ret->available = fs.f_bavail * (uint64_t)fs.f_frsize;
	if (ret->used >= ret->size)
		ret->available = 0;
	else if (ret->available > ret->size - ret->used)
		ret->available = ret->size - ret->used;
	return 0;
}

static int btrfs_grow(const struct volume *v, uint64_t bytes, struct err *e)
{
	autoclose int top = -1;

	if (v->form == VOLUME_RAW)
		return file_volume_grow(v, bytes, e);
	top = open_top(v->path, e);
	return top < 0 ? top : btrfs_limit(top, bytes, v->path, e);
}

const struct storage_ops storage_btrfs = {
	.type = "btrfs",
	.status = btrfs_status,
	.root_name = btrfs_root_name,
	.disk_name = btrfs_disk_name,
	.create = btrfs_create,
	.remove = btrfs_remove_volume,
	.list = btrfs_list,
	.limits_folders = true,
	.size = btrfs_size,
	.grow = btrfs_grow,
	.space = btrfs_space,
	.lock = file_volume_lock,
	.device = file_volume_device,
};
