/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage type dir: volumes are in a folder.  PATH/images/CTID/NAME.raw is an image with ext4,
 * NAME.subvol a folder.  A volume id is STORAGE:CTID/NAME.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"
#include "lib/storage/type/file-volume.h"

/* ---- storage.cfg, volume ids ---- */

static bool dir_locate(const struct storage *s, const char *name, unsigned *ret_owner,
		       struct volume *ret)
{
	autofree char *owner = xstrdup(name);
	char *slash = strchr(owner, '/');
	bool raw = str_ends_with(name, ".raw");

	if (!slash || !storage_file_valid(slash + 1) || (!raw && !str_ends_with(name, ".subvol")))
		return false;
	*slash = '\0';
	if (!parse_ctid(owner, ret_owner))
		return false;
	*ret = (struct volume){ .ops = &volume_dir, .form = raw ? VOLUME_RAW : VOLUME_TREE,
				.path = xasprintf("%s/images/%s", s->path, name) };
	return true;
}

static char *dir_root_name(const struct storage *s, unsigned ctid, uint64_t mib)
{
	(void)s;
	return mib ? xasprintf("%u/vm-%u-rootfs.raw", ctid, ctid)
		   : xasprintf("%u/subvol-%u-rootfs.subvol", ctid, ctid);
}

static char *dir_disk_name(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n)
{
	(void)s;
	return mib ? xasprintf("%u/vm-%u-disk-%u.raw", ctid, ctid, n)
		   : xasprintf("%u/subvol-%u-disk-%u.subvol", ctid, ctid, n);
}

const struct volume_ops volume_dir = {
	.type = "dir",
	.required = "path",
	.optional = "mkdir create-base-path create-subdirs is_mountpoint format preallocation "
		    "prune-backups maxfiles",
	.locate = dir_locate,
	.look = file_volume_look,
	.mount = file_volume_mount,
};

static char *dir_name_of(const char *file)
{
	return xstrdup(file);
}

static int dir_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	return file_volume_list(s, ctid, dir_name_of, ret, e);
}

/* ---- status ---- */

static const struct {
	long magic;
	const char *name;
} file_systems[] = {
	{ 0xEF53, "ext4" },	  { 0x58465342, "xfs" },   { 0x9123683E, "btrfs" },
	{ 0x01021994, "tmpfs" },  { 0x6969, "nfs" },	   { 0xFE534D42, "cifs" },
	{ 0xFF534D42, "cifs" },	  { 0x2FC12FC1, "zfs" },   { 0x794C7630, "overlay" },
	{ 0x65735546, "fuse" },	  { 0xF2F52010, "f2fs" },  { 0x00C36400, "ceph" },
	{ 0x01021997, "9p" },
};

static void name_file_system(long magic, struct storage_status *ret)
{
	snprintf(ret->on, sizeof ret->on, "file system %lx", (unsigned long)magic);
	for (size_t i = 0; i < ARRAY_SIZE(file_systems); i++)
		if (file_systems[i].magic == (magic & 0xFFFFFFFF))
			snprintf(ret->on, sizeof ret->on, "%s", file_systems[i].name);
}

/* Tried with two files that have no name and no contents. */
static bool has_reflink(int dir)
{
	autoclose int from = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	autoclose int to = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return from >= 0 && to >= 0 && ioctl(to, FICLONE, from) == 0;
}

static int dir_status(const struct storage *s, struct storage_status *ret, struct err *e)
{
	autoclose int dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (dir < 0)
		return err_sys(e, s->path, "open");
	if (fstatfs(dir, &fs) < 0)
		return err_sys(e, s->path, "look at the file system");
	*ret = (struct storage_status){ .can = STORAGE_CAN_IMAGES | STORAGE_CAN_FOLDERS };
	ret->size = (uint64_t)fs.f_blocks * (uint64_t)fs.f_frsize;
	ret->used = (uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_frsize;
	ret->available = (uint64_t)fs.f_bavail * (uint64_t)fs.f_frsize;
	name_file_system((long)fs.f_type, ret);
	if (faccessat(dir, ".", W_OK, AT_EACCESS) == 0)
		ret->can |= STORAGE_CAN_WRITE;
	if (has_reflink(dir))
		ret->can |= STORAGE_CAN_REFLINK;
	return 0;
}

const struct storage_ops storage_dir = {
	.type = "dir",
	.status = dir_status,
	.root_name = dir_root_name,
	.disk_name = dir_disk_name,
	.create = file_volume_create,
	.remove = file_volume_remove,
	.list = dir_list,
	.size = file_volume_size,
	.grow = file_volume_grow,
	.lock = file_volume_lock,
	.device = file_volume_device,
};
