/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/block-volume.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/blk.h"
#include "lib/storage/mount.h"

/* udev locks a device while it looks at it. */
#define LOCK_TRIES 500
#define LOCK_PAUSE_MS 10

static int open_device(const struct volume *v, int access, struct err *e)
{
	autoclose int fd = open(v->path, access | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		err_set(e, ENOENT, v->id, "there is no such volume: %s", v->path);
		return err_remedy(e, "name another in the config");
	}
	if (fd < 0)
		return err_sys(e, v->path, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, v->path, "stat");
	if (!S_ISBLK(st.st_mode))
		return err_set(e, EINVAL, v->path, "is not a block device");
	return steal_fd(&fd);
}

int block_volume_look(const struct volume *v, struct volume_owner *ret, struct err *e)
{
	autoclose int fd = open_device(v, O_RDONLY, e);
	int r = fd < 0 ? fd : blk_check_ext4(fd, v->path, e);

	return r < 0 ? r : blk_ext4_owner(fd, v->path, &ret->uid, &ret->gid, e);
}

static bool is_attached(const struct volume *v)
{
	autoclose int fd = open(v->path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 && errno == EBUSY;
}

static int err_attached(const struct volume *v, struct err *e)
{
	err_set(e, EBUSY, v->path, "is attached already");
	return err_remedy(e, "stop the container that uses it; \"lsblk %s\" shows its mounts",
			  v->path);
}

int block_volume_lock(const struct volume *v, struct err *e)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000 * 1000 };
	autoclose int fd = open_device(v, O_RDONLY, e);

	if (fd < 0)
		return fd;
	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, v->path, "lock");
		if (tries == LOCK_TRIES)
			return err_attached(v, e);
		nanosleep(&pause, NULL);
	}
	return is_attached(v) ? err_attached(v, e) : steal_fd(&fd);
}

int block_volume_mount(const struct volume *v, unsigned flags, struct err *e)
{
	/* The kernel mounts the file system of a device twice; a container must not share it. */
	autoclose int lock = block_volume_lock(v, e);
	int r = lock < 0 ? lock : blk_check_ext4(lock, v->path, e);

	return r < 0 ? r : mount_device(v->path, "ext4", flags, v->path, e);
}

int block_volume_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	autoclose int fd = open_device(v, O_RDONLY, e);

	if (fd < 0)
		return fd;
	return ioctl(fd, BLKGETSIZE64, ret) < 0 ? err_sys(e, v->path, "get the size") : 0;
}

int block_volume_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e)
{
	autoclose int fd = open_device(v, O_RDONLY, e);
	autofree char *node = NULL;

	if (fd < 0)
		return fd;
	if (!is_attached(v))
		return -ENXIO;
	node = realpath(v->path, NULL); /* /dev/GROUP/VOLUME is a link */
	if (!node)
		return err_sys(e, v->path, "find the device");
	if (strlen(node) >= VOLUME_DEVICE_MAX)
		return err_set(e, ENAMETOOLONG, node, "the name of the device is too long");
	memcpy(ret, node, strlen(node) + 1);
	return steal_fd(&fd);
}
