/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"

/* Another process can take the free device before we do. */
#define MAX_RACES 100

/*
 * A detach goes on after the process that mounted the volume has ended: the kernel writes all that
 * the container has left unwritten.
 */
#define LOCK_TRIES 500
#define LOCK_PAUSE_MS 10

int loop_lock(int image_fd, const char *path, struct err *e)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000 * 1000 };

	for (int tries = 0; flock(image_fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, path, "lock");
		if (tries == LOCK_TRIES) {
			err_set(e, EBUSY, path, "is attached already");
			return err_remedy(e, "stop the container that uses it; \"losetup -j\" "
					  "names the device");
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* Returns 1: attached; 0: another process took the device, try again. */
static int try_attach(int control, int image_fd, const char *path, char *name, int *ret_fd,
		      struct err *e)
{
	struct loop_config config = {
		.fd = (__u32)image_fd,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO,
	};
	autoclose int fd = -1;
	int n = ioctl(control, LOOP_CTL_GET_FREE);

	if (n < 0)
		return err_sys(e, "/dev/loop-control", "find a free loop device");
	snprintf(name, LOOP_NAME_MAX, "/dev/loop%d", n);
	snprintf((char *)config.info.lo_file_name, LO_NAME_SIZE, "%s", path);
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno == ENXIO || errno == EBUSY ? 0 : err_sys(e, name, "open");
	if (ioctl(fd, LOOP_CONFIGURE, &config) < 0)
		return errno == EBUSY ? 0 : err_sys(e, path, "attach to %s", name);
	*ret_fd = steal_fd(&fd);
	return 1;
}

int loop_attach(int image_fd, const char *path, char ret_name[LOOP_NAME_MAX], struct err *e)
{
	autoclose int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	char name[LOOP_NAME_MAX];
	int fd = -1, r;

	if (control < 0) {
		err_sys(e, "/dev/loop-control", "open");
		return err_remedy(e, "load the module loop, or use a subvol (--rootfs STORAGE:0)");
	}
	r = loop_lock(image_fd, path, e);
	if (r < 0)
		return r;
	for (int tries = 0; tries < MAX_RACES; tries++) {
		r = try_attach(control, image_fd, path, name, &fd, e);
		if (r < 0)
			return r;
		if (r > 0) {
			snprintf(ret_name, LOOP_NAME_MAX, "%s", name);
			return fd;
		}
	}
	return err_set(e, EBUSY, path, "no free loop device was found in %d attempts", MAX_RACES);
}

/* A descriptor of the device if it has this image, else -1. */
static int open_if_of(const char *name, const struct stat *image)
{
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct loop_info64 info;

	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0 ||
	    info.lo_device != image->st_dev || info.lo_inode != image->st_ino)
		return -1;
	return steal_fd(&fd);
}

static int search(DIR *dir, const struct stat *image, const char *path,
		  char ret_name[LOOP_NAME_MAX], struct err *e)
{
	autoclose int found = -1;
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		/* An unattached device has no folder "loop". */
		autofree char *attached = xasprintf("%s/loop", entry->d_name);
		autofree char *name = xasprintf("/dev/%s", entry->d_name);
		int fd;

		if (!str_after(entry->d_name, "loop") || strlen(name) >= LOOP_NAME_MAX ||
		    faccessat(dirfd(dir), attached, F_OK, 0) < 0)
			continue;
		fd = open_if_of(name, image);
		if (fd < 0)
			continue;
		if (found >= 0) {
			close(fd);
			err_set(e, EBUSY, path, "is attached more than once");
			return err_remedy(e, "\"losetup -j %s\" names the devices; detach those "
					  "that the container does not use", path);
		}
		found = fd;
		snprintf(ret_name, LOOP_NAME_MAX, "%s", name);
	}
	return found < 0 ? -ENXIO : steal_fd(&found);
}

int loop_find(int image_fd, const char *path, char ret_name[LOOP_NAME_MAX], struct err *e)
{
	DIR *dir = file_open_folder(AT_FDCWD, "/sys/block");
	struct stat st;
	int r;

	if (!dir)
		return err_sys(e, "/sys/block", "list the loop devices");
	r = fstat(image_fd, &st) < 0 ? err_sys(e, path, "stat")
				     : search(dir, &st, path, ret_name, e);
	closedir(dir);
	return r;
}

int loop_update_size(int loop_fd, const char *path, struct err *e)
{
	return ioctl(loop_fd, LOOP_SET_CAPACITY) < 0 ? err_sys(e, path, "resize its loop device")
						     : 0;
}
