/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations that change a container's files. */
#include "lib/rootfs/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/rootfs/rootfs-internal.h"

#define TEMP_PREFIX ".pct-"

/* fsync(2).  Its time is not charged to the container, since the host's other writes delay it. */
static int sync_fd(struct rootfs *r, int fd)
{
	int n;

	spending_pause(&r->spent);
	n = fsync(fd) < 0 ? -errno : 0;
	spending_resume(&r->spent);
	return n;
}

/* Sync the folder, so that a created, replaced or removed name survives a power loss. */
static int sync_place(struct rootfs *r, const struct rootfs_place *place, const char *path,
		      struct err *e)
{
	int n = sync_fd(r, place->dir);

	return n < 0 ? rootfs_fail(r, e, -n, path, "sync the folder of") : 0;
}

/* Refuses an append-only folder: a temporary file in it could be neither renamed nor removed. */
static int temp_name(int dir, char ret[32])
{
	struct statx st;
	uint64_t salt;

	if (statx(dir, "", AT_EMPTY_PATH, STATX_TYPE, &st) == 0 &&
	    st.stx_attributes & STATX_ATTR_APPEND)
		return -EPERM;
	if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
		return -EIO;
	snprintf(ret, 32, TEMP_PREFIX "%016llx", (unsigned long long)salt);
	return 0;
}

/* Skip chown if the owner is already right: an unprivileged user may not call it. */
static int give_to(int fd, uid_t uid, gid_t gid)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid == uid && st.st_gid == gid)
		return 0;
	return fchown(fd, uid, gid) < 0 ? -errno : 0;
}

/*
 * The old owner may be an id that this user namespace does not map, or that we may not give away.
 */
static int own_fd(const struct rootfs *r, int fd, const struct stat *old)
{
	struct stat top;

	if (old && give_to(fd, old->st_uid, old->st_gid) == 0)
		return 0;
	/* Stat now, since a child may have entered another user namespace after the open. */
	if (fstat(r->fd, &top) < 0)
		return -errno;
	return give_to(fd, top.st_uid, top.st_gid);
}

static int write_temp(struct rootfs *r, int dir, const char *temp, const void *data,
		      size_t len, mode_t mode, const struct stat *old)
{
	autoclose int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				  0600);
	int n;

	if (fd < 0)
		return -errno;
	n = file_write_all(fd, data, len);
	if (n == 0)
		n = own_fd(r, fd, old);
	if (n == 0 && fchmod(fd, mode) < 0)
		n = -errno;
	if (n == 0)
		n = sync_fd(r, fd);
	if (n < 0)
		unlinkat(dir, temp, 0);
	return n;
}

static bool holds(struct rootfs *r, const char *path, const struct stat *old, const void *data,
		  size_t len, mode_t mode)
{
	autofree char *text = NULL;
	size_t n;

	if (!S_ISREG(old->st_mode) || (size_t)old->st_size != len || (old->st_mode & 0777) != mode)
		return false;
	return rootfs_read(r, path, &text, &n, NULL) == 0 && n == len &&
	       memcmp(text, data, len) == 0;
}

int rootfs_would_change(struct rootfs *r, const char *path, size_t len, struct err *e)
{
	int n = rootfs_pay(r, ROOTFS_CHANGES, 1, path, e);

	return n < 0 ? n : rootfs_pay(r, ROOTFS_BYTES, len, path, e);
}

static int replace(struct rootfs *r, const char *path, const struct rootfs_place *place,
		   const struct stat *old, const void *data, size_t len, mode_t mode, struct err *e)
{
	char temp[32];
	int n = rootfs_would_change(r, path, len, e);

	if (n < 0)
		return n;
	n = temp_name(place->dir, temp);
	/* Remove files of a killed setup.  The caller ensures that no other setup runs. */
	file_remove_temps(place->dir, TEMP_PREFIX);
	if (n == 0)
		n = write_temp(r, place->dir, temp, data, len, mode, old);
	if (n < 0)
		return rootfs_fail(r, e, -n, path, "write");
	if (renameat(place->dir, temp, place->dir, place->name) < 0) {
		n = errno;
		unlinkat(place->dir, temp, 0);
		return rootfs_fail(r, e, n, path, "replace");
	}
	return sync_place(r, place, path, e);
}

int rootfs_write(struct rootfs *r, const char *path, const void *data, size_t len, mode_t mode,
		 unsigned flags, struct err *e)
{
	autoplace place = ROOTFS_PLACE_INIT;
	autofree char *leaf = xstrdup(path);
	struct stat st, *old = &st;
	int n;

	if (flags & ROOTFS_FOLLOW_LINK) {
		free(steal(&leaf));
		n = rootfs_follow_links(r, path, &leaf, e);
		if (n < 0)
			return n;
	}
	n = rootfs_open_place(r, leaf, &place, e);
	if (n < 0)
		return n;
	if (fstatat(place.dir, place.name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return err_sys(e, path, "stat");
		old = NULL;
	}
	if (old && S_ISLNK(old->st_mode)) {
		if (!(flags & ROOTFS_REPLACE_LINK))
			return err_set(e, ELOOP, path, "is a symbolic link; it is not changed");
		old = NULL;
	}
	if (old && !S_ISREG(old->st_mode))
		return err_set(e, EINVAL, path, "is not a regular file; it is not changed");
	if (!mode)
		mode = old ? old->st_mode & 0777 : 0644;
	if (old && holds(r, leaf, old, data, len, mode))
		return 0;
	return replace(r, path, &place, old, data, len, mode, e);
}

static int make_folder(struct rootfs *r, const char *path, mode_t mode, struct err *e)
{
	autoplace place = ROOTFS_PLACE_INIT;
	autoclose int fd = -1;
	int n = rootfs_open_place(r, path, &place, e);

	if (n == 0)
		n = rootfs_pay(r, ROOTFS_CHANGES, 1, path, e);
	if (n < 0)
		return n;
	if (mkdirat(place.dir, place.name, 0700) < 0)
		return err_sys(e, path, "make the folder");
	fd = openat(place.dir, place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, path, "open the folder");
	n = own_fd(r, fd, NULL);
	if (n == 0 && fchmod(fd, mode) < 0)
		n = -errno;
	return n < 0 ? rootfs_fail(r, e, -n, path, "set owner and mode of")
		     : sync_place(r, &place, path, e);
}

int rootfs_mkdir(struct rootfs *r, const char *path, mode_t mode, struct err *e)
{
	autofree char *part = xstrdup(path);
	char *slash = part;

	do {
		int kind, n;

		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		kind = rootfs_kind(r, part);
		if (kind < 0)
			return rootfs_fail(r, e, -kind, part, "open");
		if (kind && kind != S_IFDIR)
			return err_set(e, ENOTDIR, part, "is not a folder");
		if (!kind) {
			n = make_folder(r, part, slash ? 0755 : mode, e);
			if (n < 0)
				return n;
		}
		if (slash)
			*slash = '/';
	} while (slash);
	return 0;
}

int rootfs_symlink(struct rootfs *r, const char *target, const char *path, struct err *e)
{
	autoplace place = ROOTFS_PLACE_INIT;
	autofree char *old = NULL;
	struct stat st, top;
	char temp[32];
	int n = rootfs_open_place(r, path, &place, e);

	if (n < 0)
		return n;
	if (rootfs_readlink(r, path, &old, NULL) == 0 && str_eq(old, target))
		return 0;
	if (fstatat(place.dir, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, EISDIR, path, "is a folder");
	if (rootfs_pay(r, ROOTFS_CHANGES, 1, path, e) < 0)
		return -ETIME;
	n = temp_name(place.dir, temp);
	if (n < 0)
		return rootfs_fail(r, e, -n, path, "make the link");
	file_remove_temps(place.dir, TEMP_PREFIX);
	if (symlinkat(target, place.dir, temp) < 0)
		return err_sys(e, path, "make the link");
	if (fstatat(place.dir, temp, &st, AT_SYMLINK_NOFOLLOW) < 0 || fstat(r->fd, &top) < 0 ||
	    ((st.st_uid != top.st_uid || st.st_gid != top.st_gid) &&
	     fchownat(place.dir, temp, top.st_uid, top.st_gid, AT_SYMLINK_NOFOLLOW) < 0) ||
	    renameat(place.dir, temp, place.dir, place.name) < 0) {
		n = errno;
		unlinkat(place.dir, temp, 0);
		return rootfs_fail(r, e, n, path, "make the link");
	}
	return sync_place(r, &place, path, e);
}

int rootfs_unlink(struct rootfs *r, const char *path, struct err *e)
{
	autoplace place = ROOTFS_PLACE_INIT;
	int n;

	if (rootfs_lkind(r, path) == 0)
		return 0;
	n = rootfs_open_place(r, path, &place, e);
	if (n == 0)
		n = rootfs_pay(r, ROOTFS_CHANGES, 1, path, e);
	if (n < 0)
		return n;
	if (unlinkat(place.dir, place.name, 0) < 0 && errno != ENOENT)
		return err_sys(e, path, "remove");
	/* Sync, since setup's ledger forgets the file and it must not come back. */
	return sync_place(r, &place, path, e);
}
