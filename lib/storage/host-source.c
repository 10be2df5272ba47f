/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/host-source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/blk.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"

static int missing(const struct conf_volume *v, struct err *e)
{
	err_set(e, ENOENT, v->id, "there is no such %s on the host",
		v->kind == CONF_BIND ? "folder" : "device");
	if (v->kind == CONF_BIND)
		return err_remedy(e, "make it, or name another folder in %s", v->slot);
	return err_remedy(e, "attach it, or name another device in %s", v->slot);
}

/* A link could be changed by the owner of one of its folders. */
static int open_path(const struct conf_volume *v, int flags, struct err *e)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, AT_FDCWD, v->id, &how, sizeof how);

	if (fd >= 0)
		return (int)fd;
	if (errno == ENOENT)
		return missing(v, e);
	if (errno == ELOOP) {
		err_set(e, ELOOP, v->id, "is, or leads through, a symbolic link");
		return err_remedy(e, "name the path that it leads to in %s", v->slot);
	}
	return err_sys(e, v->id, "open");
}

static int open_folder(const struct conf_volume *v, struct err *e)
{
	autoclose int fd = open_path(v, O_PATH, e);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return err_sys(e, v->id, "stat");
	if (S_ISDIR(st.st_mode))
		return steal_fd(&fd);
	err_set(e, ENOTDIR, v->id, "is not a folder");
	return err_remedy(e, "to bind a single file, use the key lxc.mount.entry in the config");
}

/* Returns a descriptor of the device, and the type of its file system. */
static int open_device(const struct conf_volume *v, char type[BLK_TYPE_MAX], struct err *e)
{
	autoclose int path = open_path(v, O_PATH, e), fd = -1;
	struct stat st;
	int r;

	if (path < 0)
		return path;
	if (fstat(path, &st) < 0)
		return err_sys(e, v->id, "stat");
	if (!S_ISBLK(st.st_mode))
		return err_set(e, ENOTBLK, v->id, "is not a block device");
	fd = open_path(v, O_RDONLY | O_NONBLOCK, e);
	if (fd < 0)
		return fd;
	r = blk_type(fd, v->id, type, e);
	return r < 0 ? r : steal_fd(&fd);
}

int host_source_look(const struct conf_volume *v, struct err *e)
{
	char type[BLK_TYPE_MAX];
	autoclose int fd = v->kind == CONF_BIND ? open_folder(v, e) : open_device(v, type, e);

	return fd < 0 ? fd : 0;
}

static int mount_folder(const struct conf_volume *v, struct err *e)
{
	autoclose int folder = open_folder(v, e);
	int fd;

	if (folder < 0)
		return folder;
	fd = open_tree(folder, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	return fd < 0 ? err_sys(e, v->id, "mount") : fd;
}

int host_source_mount(const struct conf_volume *v, unsigned flags, struct err *e)
{
	char type[BLK_TYPE_MAX];
	autoclose int fd = -1;
	int mounted;

	if (v->kind == CONF_BIND)
		return mount_folder(v, e);
	fd = open_device(v, type, e);
	if (fd < 0)
		return fd;
	mounted = mount_device(v->id, type, flags, v->id, e);
	/* A device that cannot be written to: a disc, a snapshot. */
	if (v->read_only && (mounted == -EACCES || mounted == -EROFS))
		return mount_device(v->id, type, flags | VOLUME_READ_ONLY, v->id, e);
	return mounted;
}
