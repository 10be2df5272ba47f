/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

/* Container root can put any number of files into its folder. */
#define MAX_ENTRIES 10000

int file_read_fd(int fd, const char *name, size_t max, char **ret, size_t *ret_len, struct err *e)
{
	autofree char *data = NULL;
	size_t len = 0, size = 0;

	for (;;) {
		ssize_t n;

		if (size - len < 2) {
			size = size ? 2 * size : 4096;
			data = xrealloc(data, size, 1);
			memset(data + len, 0, size - len);
		}
		n = read(fd, data + len, size - len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, name, "read");
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max)
			return err_set(e, EFBIG, name, "is larger than %zu bytes", max);
	}
	*ret = steal(&data);
	if (ret_len)
		*ret_len = len;
	return 0;
}

static int read_path(const char *path, int flags, size_t max, char **ret, size_t *ret_len,
		     struct err *e)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	struct stat st;

	if (fd < 0)
		return err_sys(e, path, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, path, "is not a regular file");
	return file_read_fd(fd, path, max, ret, ret_len, e);
}

int file_read(const char *path, size_t max, char **ret, size_t *ret_len, struct err *e)
{
	return read_path(path, 0, max, ret, ret_len, e);
}

int file_read_hostile(const char *path, size_t max, char **ret, struct err *e)
{
	return read_path(path, O_NOFOLLOW, max, ret, NULL, e);
}

char **file_lines(const char *path, size_t max)
{
	autofree char *text = NULL;

	return file_read(path, max, &text, NULL, NULL) < 0 ? NULL : strv_split(text, "\n");
}

int file_remove(const char *path, struct err *e)
{
	return unlink(path) < 0 && errno != ENOENT ? err_sys(e, path, "remove") : 0;
}

int file_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static bool holds(const char *path, const void *data, size_t len, mode_t mode)
{
	autofree char *old = NULL;
	struct stat st;
	size_t n;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 07777) == mode &&
	       (size_t)st.st_size == len && file_read(path, len, &old, &n, NULL) == 0 &&
	       n == len && memcmp(old, data, len) == 0;
}

static int open_parent(const char *path)
{
	autofree char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	if (slash)
		slash[slash == dir] = '\0';
	return open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int file_sync_parent(const char *path, struct err *e)
{
	autoclose int fd = open_parent(path);

	return fd < 0 || fsync(fd) < 0 ? err_sys(e, path, "sync the folder of") : 0;
}

DIR *file_open_folder(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* ---- temporary names: PREFIX and 16 hexadecimal digits ---- */

static bool is_temp(const char *name, const char *prefix)
{
	const char *salt = str_after(name, prefix);

	return salt && strlen(salt) == 16 && strspn(salt, "0123456789abcdef") == 16;
}

void file_remove_temps(int dirfd, const char *prefix)
{
	DIR *dir = file_open_folder(dirfd, ".");
	struct dirent *entry;

	for (int n = 0; dir && n < MAX_ENTRIES && (entry = readdir(dir)); n++)
		if (is_temp(entry->d_name, prefix))
			unlinkat(dirfd, entry->d_name, 0);
	if (dir)
		closedir(dir);
}

void file_remove_stale(const char *path)
{
	const char *slash = strrchr(path, '/');
	autofree char *prefix = xasprintf("%s.", slash ? slash + 1 : path);
	autoclose int dir = open_parent(path);

	if (dir >= 0)
		file_remove_temps(dir, prefix);
}

static int replace(const char *path, const void *data, size_t len, mode_t mode, bool sync,
		   struct err *e)
{
	autofree char *temp = NULL;
	autoclose int fd = -1;
	uint64_t salt;
	int r;

	file_remove_stale(path);
	if (holds(path, data, len, mode))
		return 0;
	if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
		return err_sys(e, path, "get random bytes");
	temp = xasprintf("%s.%016llx", path, (unsigned long long)salt);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, path, "create");
	r = file_write_all(fd, data, len);
	if (r == 0 && (fchmod(fd, mode) < 0 || (sync && fsync(fd) < 0) || rename(temp, path) < 0))
		r = -errno;
	if (r < 0) {
		unlink(temp);
		errno = -r;
		return err_sys(e, path, "write");
	}
	return sync ? file_sync_parent(path, e) : 0;
}

int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *e)
{
	return replace(path, data, len, mode, true, e);
}

int file_write_volatile(const char *path, const void *data, size_t len, mode_t mode,
			struct err *e)
{
	return replace(path, data, len, mode, false, e);
}

int file_mkdirs(const char *path, mode_t mode, struct err *e)
{
	autofree char *part = xstrdup(path);

	for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
		if (slash)
			*slash = '\0';
		if (mkdir(part, slash ? 0755 : mode) < 0) {
			if (errno != EEXIST)
				return err_sys(e, part, "make folder");
		} else if (file_sync_parent(part, e) < 0) {
			return err_code(e);
		}
		if (!slash)
			return 0;
		*slash = '/';
	}
}

int file_lock(const char *path, unsigned seconds, struct err *e)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	/* A former version created the file readable for all users. */
	if (fd < 0 || fchmod(fd, 0600) < 0)
		return err_sys(e, path, "open lock");
	for (unsigned tries = seconds * 50;; tries--) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return steal_fd(&fd);
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, path, "lock");
		if (tries == 0)
			break;
		nanosleep(&pause, NULL);
	}
	err_set(e, EBUSY, path, "is held by another command");
	return err_remedy(e, "wait for it to end, then try again");
}
