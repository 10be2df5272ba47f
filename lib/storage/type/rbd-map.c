/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/rbd-map.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/storage/type/rbd-cluster.h"
#include "lib/storage/type/rbd-command.h"

#define MAX_RECORD 4096
#define LOCK_SECONDS 30  /* another process maps the image, or undoes that */
#define STOP_MS 5000     /* for the mounts of a stopped container to end */
#define UDEV_MS 2000     /* for udev, which looks at each new device */
#define PAUSE_MS 20

static char *folder_of_records(void)
{
	return xasprintf("%s/pct/rbd", path_run());
}

static char *record_of(const struct volume *v)
{
	autofree char *folder = folder_of_records();

	return xasprintf("%s/%s:%s", folder, v->storage->id, rbd_image_name(v));
}

/* ---- records ---- */

static bool is_removed(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 || st.st_nlink == 0;
}

static int lock_record(const struct volume *v, struct err *e)
{
	autofree char *path = record_of(v);
	autoclose int fd = lock_file(path, LOCK_SECONDS, e);

	/* The process that undid the mapping has removed the file. */
	while (fd >= 0 && is_removed(fd)) {
		close(steal_fd(&fd));
		fd = lock_file(path, LOCK_SECONDS, e);
	}
	return fd < 0 ? fd : steal_fd(&fd);
}

/* A line "MONITORS POOL NAMESPACE IMAGE"; a part of it has no end of line. */
static int write_record(int fd, const struct rbd_image *i, struct err *e)
{
	autofree char *line = xasprintf("%s %s %s %s\n", i->monitors, i->pool,
					i->namespace ? i->namespace : "-", i->name);
	int r = ftruncate(fd, 0) < 0 ? -errno : file_write_all(fd, line, strlen(line));

	return r < 0 ? err_set(e, -r, NULL, "cannot record the device: %s", strerror(-r)) : 0;
}

/* Returns false if pct has not mapped it.  The words are those of the record. */
static bool read_record(int fd, char ***ret_words, struct rbd_image *ret)
{
	autofree char *text = NULL;
	autostrv char **words = NULL;

	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    file_read_fd(fd, "record", MAX_RECORD, &text, NULL, NULL) < 0 ||
	    !str_ends_with(text, "\n"))
		return false;
	words = strv_split(text, " \n");
	if (strv_len(words) != 4)
		return false;
	*ret = (struct rbd_image){ .monitors = words[0], .pool = words[1], .name = words[3],
				   .namespace = str_eq(words[2], "-") ? NULL : words[2] };
	*ret_words = steal(&words);
	return true;
}

/* ---- undoing ---- */

static bool is_mounted(const char *device)
{
	autoclose int fd = open(device, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 && errno == EBUSY;
}

/* stopping: a mount of the device will end in a moment. */
static int unmap(const struct rbd_mapping *m, bool stopping)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };
	long long until = now_ms() + (stopping ? STOP_MS : UDEV_MS);
	int r;

	while ((r = rbd_unmap(m->id)) == -EBUSY && now_ms() < until &&
	       (stopping || !is_mounted(m->device)))
		nanosleep(&pause, NULL);
	return r;
}

/* With the lock, which fd holds.  The record goes, unless the image stays mapped by it. */
static void undo(int fd, const char *path, bool stopping)
{
	autostrv char **words = NULL;
	struct rbd_image image;
	struct rbd_mapping m;

	if (read_record(fd, &words, &image) && rbd_find(&image, &m) && unmap(&m, stopping) < 0)
		return;
	unlink(path);
}

/* Whether the record STORAGE:vm-CTID-NAME is about a volume of this container. */
static bool is_of(const char *record, unsigned ctid)
{
	autofree char *middle = xasprintf("-%u-", ctid);
	const char *image = strchr(record, ':');
	const char *dash = image ? strchr(image, '-') : NULL;

	return ctid && dash && str_after(dash, middle);
}

void rbd_detach_idle(unsigned ctid)
{
	autofree char *folder = folder_of_records();
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		autofree char *path = xasprintf("%s/%s", folder, entry->d_name);
		autoclose int fd = -1;

		if (!strchr(entry->d_name, ':'))
			continue;
		fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		/* The process that has the lock uses the device. */
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && !is_removed(fd))
			undo(fd, path, is_of(entry->d_name, ctid));
	}
	if (dir)
		closedir(dir);
}

/* ---- attaching ---- */

bool rbd_attached(const struct volume *v, struct rbd_mapping *ret)
{
	autorbd struct rbd_cluster c = { 0 };

	return rbd_cluster_find(v->storage, &c, NULL) == 0 &&
	       rbd_find(&(struct rbd_image){ .monitors = c.monitors, .pool = rbd_pool(v->storage),
					     .namespace = v->storage->namespace,
					     .name = rbd_image_name(v) }, ret);
}

static int map(const struct volume *v, int record, const struct rbd_image *image,
	       struct rbd_mapping *ret, struct err *e)
{
	autofree char *path = record_of(v);
	int r = write_record(record, image, e);

	if (r == 0)
		r = rbd_map(image, e);
	if (r == 0 && !rbd_find(image, ret))
		r = err_set(e, EIO, NULL, "the kernel has no device for the image");
	if (r < 0)
		undo(record, path, false);
	return r;
}

int rbd_attach(const struct volume *v, struct rbd_mapping *ret, struct err *e)
{
	autorbd struct rbd_cluster c = { 0 };
	autoclose int lock = -1;
	struct rbd_image image;
	int r = rbd_check_kernel(e);

	if (r == 0)
		r = rbd_cluster_find(v->storage, &c, e);
	if (r == 0)
		r = lock = lock_record(v, e);
	if (r < 0)
		return err_wrap(e, "%s", v->id);
	image = (struct rbd_image){ .monitors = c.monitors, .msgr2 = c.msgr2,
				    .user = rbd_user(v->storage), .pool = rbd_pool(v->storage),
				    .namespace = v->storage->namespace, .name = rbd_image_name(v) };
	if (rbd_find(&image, ret))
		return steal_fd(&lock);
	r = rbd_cluster_secret(v->storage, &c, e);
	image.secret = c.secret;
	if (r == 0)
		r = map(v, lock, &image, ret, e);
	return r < 0 ? err_wrap(e, "%s", v->id) : steal_fd(&lock);
}

int rbd_lock_detached(const struct volume *v, struct err *e)
{
	autofree char *path = record_of(v);
	autoclose int lock = lock_record(v, e);
	autostrv char **words = NULL;
	struct rbd_image image;
	struct rbd_mapping m;

	if (lock < 0)
		return lock;
	if (read_record(lock, &words, &image) && rbd_find(&image, &m))
		unmap(&m, false);
	if (!rbd_attached(v, &m)) {
		unlink(path);
		return steal_fd(&lock);
	}
	err_set(e, EBUSY, v->id, "is attached already, as %s", m.device);
	return err_remedy(e, "stop the container that uses it; \"lsblk %s\" shows its mounts; if "
			  "there are none: rbd unmap %s", m.device, m.device);
}
