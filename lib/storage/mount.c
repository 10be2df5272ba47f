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
#include "lib/host/blk.h"
#include "lib/host/loop.h"
#include "lib/storage/storage.h"

int mount_namespace(struct err *e)
{
	if (unshare(CLONE_NEWNS) < 0)
		return err_sys(e, NULL, "make a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(e, "/", "stop mounts from propagating");
	return 0;
}

/*
 * Container root's files are host root's on an id-mapped file system, setuid bits included: no
 * user of the host may reach them.  Returns a descriptor of the folder.
 */
static int open_images(const struct volume *v, const char **ret_name, struct err *e)
{
	autofree char *dir = xstrdup(v->path);
	char *slash = strrchr(dir, '/');
	autoclose int fd = -1;
	struct stat st;

	if (!slash || slash == dir)
		return err_set(e, EINVAL, v->path, "is not a volume's path");
	*slash = '\0';
	fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(e, ENOENT, v->id, "there is no such volume: %s", v->path);
	if (fd < 0)
		return err_sys(e, dir, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, dir, "stat");
	if (st.st_uid != 0 || st.st_gid != 0 || (st.st_mode & 07777) != 0700) {
		err_set(e, EPERM, dir, "is mode %04o of %u:%u; users of the host could run the "
			"container's setuid programs", st.st_mode & 07777, st.st_uid, st.st_gid);
		return err_remedy(e, "run \"chown 0:0 %s && chmod 0700 %s\"", dir, dir);
	}
	*ret_name = strrchr(v->path, '/') + 1;
	return steal_fd(&fd);
}

static int open_failed(const struct volume *v, struct err *e)
{
	if (errno == ENOENT)
		return err_set(e, ENOENT, v->id, "there is no such volume: %s", v->path);
	if (errno == ELOOP || errno == ENOTDIR)
		return err_set(e, EINVAL, v->path, "is not a %s",
			       v->kind == VOLUME_RAW ? "regular file" : "folder");
	return err_sys(e, v->path, "open");
}

/* ext4 says most in the kernel log, some of it here. */
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
	return err_remedy(e, "the kernel log (dmesg) says more; \"e2fsck -f %s\" repairs an image",
			  path);
}

/* A detached mount of the ext4 on a loop device. */
static int mount_device(const char *device, const char *path, unsigned attributes, struct err *e)
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

static int detached_raw(const struct volume *v, int dir, const char *name, unsigned attributes,
			struct err *e)
{
	autoclose int image = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	autoclose int loop = -1;
	char device[LOOP_NAME_MAX];
	struct stat st;
	int r;

	if (image < 0)
		return open_failed(v, e);
	if (fstat(image, &st) < 0)
		return err_sys(e, v->path, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, v->path, "is not a regular file");
	r = loop_lock(image, v->path, e);
	if (r == 0)
		r = blk_check_ext4(image, v->path, e);
	if (r < 0)
		return r;
	loop = loop_attach(image, v->path, device, e);
	if (loop < 0)
		return loop;
	return mount_device(device, v->path, attributes, e);
}

static int detached_subvol(const struct volume *v, int dir, const char *name, struct err *e)
{
	autoclose int top = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int fd;

	if (top < 0)
		return open_failed(v, e);
	fd = open_tree(top, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	return fd < 0 ? err_sys(e, v->path, "mount") : fd;
}

static int map_ids(int fd, const char *path, int userns_fd, struct err *e)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (__u64)userns_fd };

	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0)
		return 0;
	/* EINVAL: file system without support; ENOSYS: kernel before 5.12 (mount_setattr(2)). */
	if (errno == EINVAL || errno == ENOSYS)
		errno = EOPNOTSUPP;
	return err_sys(e, path, "map ids");
}

int mount_volume(const struct volume *v, const char *target, int userns_fd, struct err *e)
{
	/* An unprivileged container can have made no device node that is of use to it. */
	unsigned attributes = userns_fd >= 0 ? MOUNT_ATTR_NODEV : 0;
	autoclose int dir = -1, fd = -1, at = -1;
	const char *name = NULL;
	int r;

	dir = open_images(v, &name, e);
	if (dir < 0)
		return dir;
	at = open(target, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0)
		return err_sys(e, target, "open mount point");
	if (v->kind == VOLUME_RAW)
		fd = detached_raw(v, dir, name, attributes, e);
	else
		fd = detached_subvol(v, dir, name, e);
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
