/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resolves paths across the container's own volumes, which the kernel's RESOLVE_NO_XDEV would
 * refuse.  It opens one component after the other, and checks each mount before it goes on: a file
 * system that container root has mounted may never answer.
 */
#include "lib/rootfs/rootfs-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/own-volumes.h"
#include "lib/base/util.h"

#define MAX_DEPTH 64
#define MAX_LINKS 40 /* as in the kernel */
#define MAX_PARTS 512

/* The open folders from the root to the current one, and the components that are left. */
struct walk {
	struct rootfs *r;
	int dir[MAX_DEPTH];
	size_t depth; /* at least 1 */
	char *left[MAX_PARTS]; /* the last one comes first */
	size_t n_left, links;
	bool plain; /* without links */
};

/* Attributes in the cache of the kernel: the file system is not asked. */
static int look(int fd, struct statx *ret)
{
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		  STATX_TYPE | STATX_INO | STATX_MNT_ID, ret) < 0)
		return -errno;
	return ret->stx_mask & STATX_MNT_ID ? 0 : -EXDEV;
}

static bool is_own(const struct rootfs *r, const struct statx *st)
{
	for (size_t i = 0; i < r->n_mounts; i++)
		if (r->mounts[i] == st->stx_mnt_id)
			return true;
	return false;
}

static int open_plain(int dir, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_XDEV,
	};
	long fd;

	if (!(flags & O_PATH))
		how.flags |= O_NONBLOCK | O_NOCTTY;
	else
		how.resolve &= ~(uint64_t)RESOLVE_NO_SYMLINKS;
	fd = syscall(SYS_openat2, dir, name, &how, sizeof how);
	return fd < 0 ? -errno : (int)fd;
}

/* Open a component by O_PATH.  It may be the top folder of an own volume. */
static int open_part(struct rootfs *r, int dir, const char *name, struct statx *ret)
{
	autoclose int fd = open_plain(dir, name, O_PATH);
	bool crosses = fd == -EXDEV;
	int n;

	if (crosses)
		fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return crosses ? -errno : fd;
	n = look(fd, ret);
	if (n == 0 && crosses && !is_own(r, ret))
		n = -EXDEV;
	return n < 0 ? n : steal_fd(&fd);
}

static int push_parts(struct walk *w, const char *path)
{
	autostrv char **parts = strv_split(path, "/");
	size_t n = strv_len(parts);

	if (w->n_left + n > MAX_PARTS)
		return -ENAMETOOLONG;
	while (n)
		w->left[w->n_left++] = xstrdup(parts[--n]);
	return 0;
}

static void go_up(struct walk *w, size_t depth)
{
	while (w->depth > depth)
		close(w->dir[--w->depth]);
}

static int follow(struct walk *w, int link)
{
	char target[PATH_MAX];
	ssize_t n = w->plain ? -1 : readlinkat(link, "", target, sizeof target);

	if (w->plain)
		return -ELOOP;
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof target)
		return -ENAMETOOLONG;
	if (w->links++ == MAX_LINKS)
		return -ELOOP;
	target[n] = '\0';
	if (*target == '/')
		go_up(w, 1);
	return push_parts(w, target);
}

/* The last component, which is not a link to be followed.  fd is its O_PATH descriptor. */
static int open_leaf(const struct walk *w, const char *name, int fd, const struct statx *st,
		     int flags)
{
	bool is_dir = S_ISDIR(st->stx_mode);
	int again;

	if (flags & O_DIRECTORY && !is_dir)
		return -ENOTDIR;
	if (flags & O_PATH)
		return fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (!is_dir)
		return open_plain(w->dir[w->depth - 1], name, flags);
	again = openat(fd, ".", flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return again < 0 ? -errno : again;
}

/* Take one component.  Returns 1: there are more; else a descriptor of the whole path, or -errno.
 */
static int step(struct walk *w, const char *name, int flags, int *ret)
{
	autoclose int fd = -1;
	struct statx st;
	int n;

	if (str_eq(name, "."))
		return 0;
	if (str_eq(name, "..")) {
		go_up(w, w->depth > 1 ? w->depth - 1 : 1);
		return 0;
	}
	fd = open_part(w->r, w->dir[w->depth - 1], name, &st);
	if (fd < 0)
		return fd;
	if (S_ISLNK(st.stx_mode) && (w->n_left || !(flags & O_NOFOLLOW)))
		return follow(w, fd);
	if (!w->n_left && !S_ISDIR(st.stx_mode)) {
		n = open_leaf(w, name, fd, &st, flags);
		*ret = n;
		return n < 0 ? n : 0;
	}
	if (!S_ISDIR(st.stx_mode))
		return -ENOTDIR;
	if (w->depth == MAX_DEPTH)
		return -ENAMETOOLONG;
	w->dir[w->depth++] = steal_fd(&fd);
	return 0;
}

static int walk(struct walk *w, const char *path, int flags)
{
	int found = -1, n = push_parts(w, path);
	struct statx st;

	while (n == 0 && w->n_left && found < 0) {
		autofree char *name = w->left[--w->n_left];

		n = step(w, name, flags, &found);
	}
	if (n < 0 || found >= 0)
		return n < 0 ? n : found;
	n = look(w->dir[w->depth - 1], &st);
	return n < 0 ? n : open_leaf(w, ".", w->dir[w->depth - 1], &st, flags);
}

static int walk_from_top(struct walk *w, const char *path, int flags)
{
	int fd;

	w->dir[0] = fcntl(w->r->fd, F_DUPFD_CLOEXEC, 3);
	w->depth = 1;
	fd = w->dir[0] < 0 ? -errno : walk(w, path, flags);
	if (w->dir[0] >= 0)
		go_up(w, 0);
	while (w->n_left)
		free(w->left[--w->n_left]);
	return fd;
}

int rootfs_walk(struct rootfs *r, const char *path, int flags)
{
	return walk_from_top(&(struct walk){ .r = r }, path, flags);
}

int rootfs_walk_plain(struct rootfs *r, const char *path)
{
	return walk_from_top(&(struct walk){ .r = r, .plain = true }, path, O_PATH | O_DIRECTORY);
}

int rootfs_add_volume(struct rootfs *r, const struct own_volume *v)
{
	const char *slash = strrchr(v->path, '/');
	autofree char *parent = slash ? xstrndup(v->path, (size_t)(slash - v->path)) : NULL;
	autoclose int dir = parent ? rootfs_walk(r, *parent ? parent : "/", O_PATH | O_DIRECTORY)
				   : -EINVAL;
	autoclose int fd = dir < 0 ? dir : openat(dir, slash + 1, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statx st;
	struct stat known;
	int n;

	if (fd < 0)
		return dir < 0 ? dir : -errno;
	n = look(fd, &st);
	if (n < 0 || r->n_mounts == ARRAY_SIZE(r->mounts))
		return n < 0 ? n : -E2BIG;
	if (fstat(fd, &known) < 0)
		return -errno;
	if (known.st_dev != v->dev || known.st_ino != v->ino || !S_ISDIR(known.st_mode))
		return -EXDEV;
	r->mounts[r->n_mounts++] = st.stx_mnt_id;
	return 0;
}
