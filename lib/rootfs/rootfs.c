/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/rootfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/landlock.h"
#include "lib/rootfs/rootfs-internal.h"

#define MAX_RETRIES 128 /* for EAGAIN: another process renames while the kernel resolves ".." */
#define MAX_LINKS 40    /* the kernel's own limit, path_resolution(7) */

void rootfs_close(struct rootfs *r)
{
	if (!r)
		return;
	close(r->fd);
	spending_done(&r->spent);
	free(r);
}

int rootfs_fd(const struct rootfs *r)
{
	return r->fd;
}

void rootfs_budget_begin(struct rootfs *r, const uint64_t budget[ROOTFS_COSTS])
{
	spending_begin(&r->spent, budget);
}

bool rootfs_budget_is_over(const struct rootfs *r, struct err *e)
{
	if (r->spent.over)
		spending_err(&r->spent, e);
	return r->spent.over;
}

int rootfs_confine(struct rootfs *r, const char *also_writable, struct err *e)
{
	autoclose int also = -1;
	int dirs[2] = { r->fd, -1 };
	int n;

	if (also_writable) {
		also = open(also_writable, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (also < 0)
			return err_sys(e, also_writable, "open");
		dirs[1] = also;
	}
	n = landlock_confine(dirs, also_writable ? 2 : 1, e);
	return n < 0 ? n : 0;
}

int (rootfs_fail)(const struct rootfs *r, struct err *e, int num, const char *path,
		  const char *what)
{
	if (num == ETIME && r->spent.over)
		return spending_err(&r->spent, e);
	if (num == ENOSYS) {
		err_set(e, num, path, "the kernel has no openat2");
		return err_remedy(e, "use Linux 5.6 or later");
	}
	if (num == EXDEV)
		return err_set(e, num, path, "is on another mount; it is not changed");
	errno = num;
	return err_sys(e, path, "%s", what);
}

int rootfs_pay(struct rootfs *r, enum rootfs_cost what, uint64_t n, const char *path,
	       struct err *e)
{
	return spending_add(&r->spent, what, n, path) < 0 ? spending_err(&r->spent, e) : 0;
}

static int open_inside(struct rootfs *r, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};

	if (!(flags & O_PATH))
		how.flags |= O_NONBLOCK | O_NOCTTY;
	for (unsigned tries = 0; tries < MAX_RETRIES; tries++) {
		long fd = syscall(SYS_openat2, r->fd, path, &how, sizeof how);

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

/* Returns a descriptor or -errno. */
static int resolve(struct rootfs *r, const char *path, int flags)
{
	int fd;

	if (spending_add(&r->spent, ROOTFS_PATHS, 1, path) < 0)
		return -ETIME;
	fd = open_inside(r, path, flags, RESOLVE_NO_XDEV);
	return fd == -EXDEV && r->n_mounts ? rootfs_walk(r, path, flags) : fd;
}

int rootfs_take(int fd, const char *path, struct rootfs **ret, struct err *e)
{
	struct rootfs *r = xcalloc(1, sizeof *r);
	int probe;

	r->fd = fd;
	rootfs_budget_begin(r, rootfs_budget);
	/* Check once for openat2: a caller that only tests for existence ignores ENOSYS. */
	probe = resolve(r, "/", O_PATH);
	if (probe < 0) {
		rootfs_fail(r, e, -probe, path, "open");
		rootfs_close(r);
		return probe;
	}
	close(probe);
	*ret = r;
	return 0;
}

int rootfs_open(const char *path, struct rootfs **ret, struct err *e)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOTDIR)
		return err_set(e, ENOTDIR, path, "the root of a container is not a real folder");
	return fd < 0 ? err_sys(e, path, "open") : rootfs_take(fd, path, ret, e);
}

/* fd: the result of opening it. */
static int check_mount_point(struct rootfs *r, int fd, const char *path, struct err *e)
{
	if (fd >= 0 || fd == -ENOENT)
		return fd;
	if (fd == -ELOOP) {
		err_set(e, ELOOP, path, "is, or leads through, a symbolic link in the container");
		return err_remedy(e, "name the folder that the link leads to: mp=PATH");
	}
	if (fd == -ENOTDIR) {
		err_set(e, ENOTDIR, path, "is not a folder in the container");
		return err_remedy(e, "remove it in the container, or choose another mp=PATH");
	}
	return rootfs_fail(r, e, -fd, path, "open");
}

int rootfs_open_mount_point(struct rootfs *r, const char *path, struct err *e)
{
	int fd = open_inside(r, path, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);

	return check_mount_point(r, fd, path, e);
}

int rootfs_open_live_mount_point(struct rootfs *r, const char *path, struct err *e)
{
	return check_mount_point(r, rootfs_walk_plain(r, path), path, e);
}

int rootfs_open_file_point(struct rootfs *r, const char *path, struct err *e)
{
	autoclose int fd = open_inside(r, path, O_PATH, RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
	struct stat st;

	if (fd < 0)
		return rootfs_fail(r, e, -fd, path, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, path, "is not a regular file");
	return steal_fd(&fd);
}

static int kind_of(struct rootfs *r, const char *path, int flags)
{
	autoclose int fd = resolve(r, path, O_PATH | flags);
	struct stat st;

	if (fd == -ENOENT || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	return (int)(st.st_mode & S_IFMT);
}

int rootfs_kind(struct rootfs *r, const char *path)
{
	return kind_of(r, path, 0);
}

int rootfs_lkind(struct rootfs *r, const char *path)
{
	return kind_of(r, path, O_NOFOLLOW);
}

bool rootfs_is_exec(struct rootfs *r, const char *path)
{
	autoclose int fd = resolve(r, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

/*
 * Open a regular file for reading.  Check its type before opening it, since opening a device can
 * have effects, and again afterwards, since it may have been replaced.
 */
static int open_regular(struct rootfs *r, const char *path, struct err *e)
{
	autoclose int fd = -1;
	struct stat st;
	int kind = rootfs_kind(r, path);

	if (kind == 0)
		return -ENOENT;
	if (kind < 0)
		return rootfs_fail(r, e, -kind, path, "open");
	if (kind != S_IFREG)
		return err_set(e, EINVAL, path, "is not a regular file");
	fd = resolve(r, path, O_RDONLY);
	if (fd == -ENOENT)
		return -ENOENT;
	if (fd < 0)
		return rootfs_fail(r, e, -fd, path, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, path, "is not a regular file");
	return steal_fd(&fd);
}

int rootfs_read(struct rootfs *r, const char *path, char **ret, size_t *ret_len, struct err *e)
{
	autoclose int fd = open_regular(r, path, e);
	autofree char *text = NULL;
	size_t len = ROOTFS_MAX_READ;
	int n, paid;

	if (fd < 0)
		return fd;
	/* Bytes of a file that is too large were read, too, so they are charged. */
	n = file_read_fd(fd, path, ROOTFS_MAX_READ, &text, &len, e);
	paid = rootfs_pay(r, ROOTFS_BYTES, len, path, e);
	if (n < 0 || paid < 0)
		return paid < 0 ? paid : n;
	*ret = steal(&text);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int rootfs_read_head(struct rootfs *r, const char *path, void *data, size_t size, size_t *ret_len,
		     struct err *e)
{
	autoclose int fd = open_regular(r, path, e);
	size_t len = 0;

	if (fd < 0)
		return fd;
	while (len < size) {
		ssize_t n = read(fd, (char *)data + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, path, "read");
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return rootfs_pay(r, ROOTFS_BYTES, len, path, e);
}

int rootfs_readlink(struct rootfs *r, const char *path, char **ret, struct err *e)
{
	autoclose int fd = resolve(r, path, O_PATH | O_NOFOLLOW);
	char target[PATH_MAX];
	ssize_t n;

	if (fd == -ENOENT)
		return -ENOENT;
	if (fd < 0)
		return rootfs_fail(r, e, -fd, path, "open");
	n = readlinkat(fd, "", target, sizeof target);
	if (n < 0 && (errno == ENOENT || errno == EINVAL))
		return err_set(e, EINVAL, path, "is not a symbolic link");
	if (n < 0)
		return err_sys(e, path, "read the link");
	if ((size_t)n == sizeof target)
		return err_set(e, ENAMETOOLONG, path, "leads to too long a path");
	*ret = xstrndup(target, (size_t)n);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int rootfs_list(struct rootfs *r, const char *path, char ***ret, struct err *e)
{
	autostrv char **names = xcalloc(ROOTFS_MAX_ENTRIES + 1, sizeof *names);
	int fd = resolve(r, path, O_RDONLY | O_DIRECTORY), failed;
	size_t n = 0;
	DIR *dir;
	struct dirent *entry;

	if (fd == -ENOENT)
		return -ENOENT;
	if (fd < 0)
		return rootfs_fail(r, e, -fd, path, "open the folder");
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys(e, path, "read the folder");
	}
	while (n <= ROOTFS_MAX_ENTRIES && (errno = 0, entry = readdir(dir))) {
		if (str_eq(entry->d_name, ".") || str_eq(entry->d_name, ".."))
			continue;
		if (n++ < ROOTFS_MAX_ENTRIES)
			names[n - 1] = xstrdup(entry->d_name);
	}
	failed = errno;
	closedir(dir);
	if (rootfs_pay(r, ROOTFS_NAMES, n, path, e) < 0)
		return -ETIME;
	if (n > ROOTFS_MAX_ENTRIES)
		return err_set(e, EFBIG, path, "holds more than %d names", ROOTFS_MAX_ENTRIES);
	if (failed)
		return rootfs_fail(r, e, failed, path, "read the folder");
	qsort(names, n, sizeof *names, compare_names);
	*ret = steal(&names);
	return 0;
}

void rootfs_place_done(struct rootfs_place *p)
{
	util_closep(&p->dir);
	free(p->name);
}

int rootfs_open_place(struct rootfs *r, const char *path, struct rootfs_place *ret, struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	autofree char *parent = NULL;
	int fd;

	if (!*name || str_eq(name, ".") || str_eq(name, "..") || strlen(name) > NAME_MAX)
		return err_set(e, EINVAL, path, "does not name a file");
	parent = slash && slash != path ? xstrndup(path, (size_t)(slash - path)) : xstrdup("/");
	fd = resolve(r, parent, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return rootfs_fail(r, e, -fd, path, "open the folder of");
	ret->dir = fd;
	ret->name = xstrdup(name);
	return 0;
}

int rootfs_follow_links(struct rootfs *r, const char *path, char **ret, struct err *e)
{
	autofree char *at = xstrdup(path);

	for (unsigned links = 0; rootfs_lkind(r, at) == S_IFLNK; links++) {
		autofree char *target = NULL, *old = NULL;
		int n;

		if (links == MAX_LINKS)
			return err_set(e, ELOOP, path, "leads through too many links");
		n = rootfs_readlink(r, at, &target, e);
		if (n < 0)
			return n == -ENOENT ? err_set(e, ENOENT, path, "changed meanwhile") : n;
		old = steal(&at);
		if (target[0] == '/')
			at = steal(&target);
		else
			at = xasprintf("%.*s/%s", (int)(strrchr(old, '/') - old), old, target);
	}
	*ret = steal(&at);
	return 0;
}

static bool has_opt_out(struct rootfs *r, const char *path)
{
	autoplace place = ROOTFS_PLACE_INIT;
	autofree char *marker = NULL;
	struct stat st;

	if (rootfs_open_place(r, path, &place, NULL) < 0)
		return false;
	marker = xasprintf(".pve-ignore.%s", place.name);
	return fstatat(place.dir, marker, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

bool rootfs_is_ignored(struct rootfs *r, const char *path)
{
	autofree char *leaf = NULL;

	if (has_opt_out(r, path))
		return true;
	return rootfs_lkind(r, path) == S_IFLNK &&
	       rootfs_follow_links(r, path, &leaf, NULL) == 0 && has_opt_out(r, leaf);
}
