/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/own-volumes.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/storage/host-source.h"
#include "lib/storage/mount-ids.h"
#include "lib/storage/shift.h"
#include "lib/storage/storage.h"
#include "lib/storage/tree-lock.h"

int mount_namespace(struct err *e)
{
	if (unshare(CLONE_NEWNS) < 0)
		return err_sys(e, NULL, "make a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(e, "/", "stop mounts from propagating");
	return 0;
}

/* Get ext4's messages from the mount's descriptor; others are only in the kernel log. */
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
	return err_remedy(e, "see the kernel log (dmesg); \"e2fsck -f %s\" repairs an image",
			  path);
}

/* Set an option of the file system that is being made.  value NULL: a flag. */
static int set_option(int fs, const char *key, const char *value)
{
	return fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0);
}

static int set_options(int fs, const char *type, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *type, *option; /* type NULL: any */
	} options[] = {
		{ VOLUME_DISCARD, NULL, "discard" },
		{ VOLUME_LAZYTIME, NULL, "lazytime" },
		{ VOLUME_ACL, "ext4", "acl" },
		{ VOLUME_ACL, "btrfs", "acl" },
		{ VOLUME_NO_ACL, "ext4", "noacl" },
		{ VOLUME_NO_ACL, "btrfs", "noacl" },
		{ VOLUME_QUOTA, "ext4", "usrquota" },
		{ VOLUME_QUOTA, "ext4", "grpquota" },
		{ VOLUME_QUOTA, "xfs", "usrquota" },
		{ VOLUME_QUOTA, "xfs", "grpquota" },
		{ VOLUME_READ_ONLY, NULL, "ro" },
		{ VOLUME_NO_JOURNAL, "ext4", "noload" },
	};

	/* An image may demand that its first error be a panic of the host. */
	if (str_eq(type, "ext4") && set_option(fs, "errors", "remount-ro") < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (flags & options[i].flag &&
		    (!options[i].type || str_eq(options[i].type, type)) &&
		    set_option(fs, options[i].option, NULL) < 0)
			return -1;
	return 0;
}

int mount_device(const char *device, const char *type, unsigned flags, const char *path,
		 struct err *e)
{
	autoclose int fs = fsopen(type, FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return err_sys(e, path, "use %s", type);
	if (set_option(fs, "source", device) < 0 || set_options(fs, type, flags) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return mount_failed(fs, path, e);
	fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? mount_failed(fs, path, e) : fd;
}

int mount_device_again(const char *device, const char *type, const char *path, struct err *e)
{
	int fd = mount_device(device, type, 0, path, e);

	/* All mounts of a file system are equal in whether it can be written to. */
	return fd == -EBUSY ? mount_device(device, type, VOLUME_READ_ONLY, path, e) : fd;
}

/* ---- a slot ---- */

/* A process has to be made for each user namespace, so all mounts with the same map share one. */
struct userns {
	struct idmap map;
	int fd;
};

struct job {
	const struct conf *conf;
	const struct idmap *map; /* NULL: privileged */
	struct rootfs *root;     /* NULL: the root volume is not mounted yet */
	const char *target;
	struct own_volumes *mounted;
	struct storage *storages; /* NULL: not read yet */
	struct userns *userns;
	size_t n_userns;
};

static void job_done(struct job *j)
{
	for (size_t i = 0; i < j->n_userns; i++)
		close(j->userns[i].fd);
	free(j->userns);
	storage_list_free(j->storages);
	rootfs_close(j->root);
}

/* Returns a descriptor that belongs to j. */
static int userns_of(struct job *j, const struct idmap *map, struct err *e)
{
	int fd;

	for (size_t i = 0; i < j->n_userns; i++)
		if (idmap_equal(&j->userns[i].map, map))
			return j->userns[i].fd;
	fd = idmap_userns(map, e);
	if (fd < 0)
		return fd;
	j->userns = xrealloc(j->userns, j->n_userns + 1, sizeof *j->userns);
	j->userns[j->n_userns++] = (struct userns){ *map, fd };
	return fd;
}

static uint64_t attributes(const struct job *j, const struct conf_volume *v)
{
	static const struct {
		unsigned option;
		uint64_t attribute;
	} rows[] = {
		{ CONF_MOUNT_NOATIME, MOUNT_ATTR_NOATIME },
		{ CONF_MOUNT_NODEV, MOUNT_ATTR_NODEV },
		{ CONF_MOUNT_NOEXEC, MOUNT_ATTR_NOEXEC },
		{ CONF_MOUNT_NOSUID, MOUNT_ATTR_NOSUID },
	};
	uint64_t attr = v->read_only ? MOUNT_ATTR_RDONLY : 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (v->options & rows[i].option)
			attr |= rows[i].attribute;
	/* Root of an unprivileged container could not have made the device nodes on it. */
	if (j->map && v->kind != CONF_BIND)
		attr |= MOUNT_ATTR_NODEV;
	return attr;
}

/* userns -1: ids are not mapped. */
static int set_attributes(const struct job *j, const struct conf_volume *v, int fd,
			  const char *path, int userns, struct err *e)
{
	/* Else mounts on it would appear on the host, and the other way round. */
	struct mount_attr attr = { .attr_set = attributes(j, v), .propagation = MS_PRIVATE };

	/* The kind of access times is one field of several values. */
	if (attr.attr_set & MOUNT_ATTR_NOATIME)
		attr.attr_clr = MOUNT_ATTR__ATIME;
	if (userns >= 0) {
		attr.attr_set |= MOUNT_ATTR_IDMAP;
		attr.userns_fd = (__u64)userns;
	}
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0)
		return 0;
	if (userns < 0)
		return err_sys(e, path, "set the options of its mount");
	/*
	 * EINVAL: the file system does not support it; ENOSYS: kernel before 5.12
	 * (mount_setattr(2)).
	 */
	if (errno != EINVAL && errno != ENOSYS)
		return err_sys(e, path, "map ids");
	errno = EOPNOTSUPP;
	err_sys(e, path, "map ids");
	if (v->kind == CONF_VOLUME)
		return err_remedy(e, "use a raw volume, or recreate the container on this storage");
	return err_remedy(e, "remove %s from %s", v->owner ? "owner" : "idmap", v->slot);
}

/* Fit a detached mount to the container's ids, and set its options.  found: of a storage. */
static int fit(struct job *j, const struct conf_volume *v, int fd, const struct volume *found,
	       struct err *e)
{
	const char *path = found->path ? found->path : v->id;
	bool shifted = v->kind != CONF_VOLUME, needed = false;
	struct idmap own;
	struct stat st;
	int userns = -1, r = 0;

	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	if (v->kind == CONF_VOLUME && !v->idmap)
		r = shift_find(j->conf, j->map, path,
			       &(struct volume_owner){ st.st_uid, st.st_gid }, &shifted, e);
	if (r == 0 && j->map)
		r = mount_ids(v, j->map, !shifted, &own, &needed, e);
	if (r == 0 && needed && found->ops && found->ops->check_hidden)
		r = found->ops->check_hidden(found, e);
	if (r == 0 && needed) {
		userns = userns_of(j, &own, e);
		r = userns < 0 ? userns : 0;
	}
	return r < 0 ? r : set_attributes(j, v, fd, path, userns, e);
}

/* ---- the sources of slots ---- */

struct source {
	const struct conf_volume *slot;
	struct volume found; /* of a storage */
	int fd;              /* the detached mount */
	int lock;            /* of a folder, until the mount has its place; -1: none */
	pthread_t thread;
	bool has_thread;
	struct err err;
};

static int find_source(struct job *j, struct source *s, struct err *e)
{
	int r = volume_check_words(j->conf, s->slot, e);

	if (r < 0 || s->slot->kind != CONF_VOLUME)
		return r;
	return volume_find_in(&j->storages, s->slot->id, j->conf->ctid, &s->found, e);
}

/* *ret_lock: -1 for an image, which its attached device locks. */
static int attach_volume(const struct volume *v, unsigned flags, int *ret_lock, struct err *e)
{
	autoclose int fd = v->ops->mount(v, flags, e), lock = -1;
	struct volume_owner ignored;
	int r = fd;

	if (fd >= 0 && v->form == VOLUME_TREE) {
		r = lock = tree_lock_shared(fd, v->path, e);
		/* It may have been removed before it was locked. */
		if (r >= 0)
			r = v->ops->look(v, &ignored, e);
	}
	if (r < 0)
		return r;
	*ret_lock = steal_fd(&lock);
	return steal_fd(&fd);
}

static void *attach_source(void *arg)
{
	struct source *s = arg;
	unsigned flags = volume_flags_of(s->slot);

	s->fd = s->slot->kind == CONF_VOLUME
			? attach_volume(&s->found, flags, &s->lock, &s->err)
			: host_source_mount(s->slot, flags, &s->err);
	return NULL;
}

/* All at once: a mount waits for the disk and for the kernel, and hardly uses the processor. */
static void attach_sources(struct source *s, size_t n)
{
	for (size_t i = 1; i < n; i++)
		s[i].has_thread = pthread_create(&s[i].thread, NULL, attach_source, &s[i]) == 0;
	for (size_t i = 0; i < n; i++)
		if (!s[i].has_thread)
			attach_source(&s[i]);
	for (size_t i = 0; i < n; i++)
		if (s[i].has_thread)
			pthread_join(s[i].thread, NULL);
}

static int fit_source(struct job *j, struct source *s, struct err *e)
{
	return s->fd < 0 ? err_take(e, &s->err) : fit(j, s->slot, s->fd, &s->found, e);
}

/* The error of a slot names it, unless it is the root volume. */
static int of_slot(const struct conf_volume *v, int r, struct err *e)
{
	return r < 0 && !str_eq(v->slot, "rootfs") ? err_wrap(e, "%s", v->slot) : r;
}

/* Make the detached mounts of all sources, which fit the container. */
static int open_sources(struct job *j, struct source *s, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = of_slot(s[i].slot, find_source(j, &s[i], e), e);
	if (r < 0)
		return r;
	attach_sources(s, n);
	for (size_t i = 0; i < n && r == 0; i++)
		r = of_slot(s[i].slot, fit_source(j, &s[i], e), e);
	return r;
}

static void source_done(struct source *s)
{
	util_closep(&s->fd);
	util_closep(&s->lock);
	volume_done(&s->found);
}

int mount_open(const struct conf *conf, const struct idmap *map, const struct conf_volume *v,
	       struct err *e)
{
	struct job j = { .conf = conf, .map = map };
	struct source s = { .slot = v, .fd = -1, .lock = -1 };
	int r = find_source(&j, &s, e), fd = -1;

	if (r == 0) {
		attach_source(&s);
		r = fit_source(&j, &s, e);
	}
	if (r == 0)
		fd = steal_fd(&s.fd);
	source_done(&s);
	job_done(&j);
	return r < 0 ? r : fd;
}

/* ---- the mount point ---- */

struct point {
	struct rootfs *root;
	const char *path;
};

static int make_point(void *arg, int out_fd, struct err *e)
{
	struct point *p = arg;
	int r = rootfs_confine(p->root, NULL, e);

	(void)out_fd;
	rootfs_budget_begin(p->root, rootfs_budget);
	return r < 0 ? r : rootfs_mkdir(p->root, p->path, 0755, e);
}

/* Make the folder as root of the container, so that it belongs to it. */
static int make_missing(struct job *j, const struct conf_volume *v, struct err *e)
{
	int userns = j->map ? userns_of(j, j->map, e) : -1;
	struct point p = { j->root, v->mount_point };
	int r;

	if (j->map && userns < 0)
		return userns;
	r = run_confined(userns, make_point, &p, NULL, 0, e);
	if (r < 0 && e && !*e->remedy)
		err_remedy(e, "make the folder %s, the mount point of %s", v->mount_point, v->slot);
	return r;
}

static int open_point(struct job *j, const struct conf_volume *v, struct err *e)
{
	int fd = rootfs_open_mount_point(j->root, v->mount_point, e);

	if (fd != -ENOENT)
		return fd;
	fd = make_missing(j, v, e);
	return fd < 0 ? fd : rootfs_open_mount_point(j->root, v->mount_point, e);
}

/* Give the top folder of a volume owner and mode of the folder below it. */
static int keep_attributes(const struct conf_volume *v, int fd, int point, struct err *e)
{
	autofree char *self = xasprintf("/proc/self/fd/%d", fd);
	struct stat to, from;

	if (fstat(point, &from) < 0 || fstat(fd, &to) < 0)
		return err_sys(e, v->mount_point, "stat");
	if ((to.st_uid != from.st_uid || to.st_gid != from.st_gid) &&
	    fchownat(fd, "", from.st_uid, from.st_gid, AT_EMPTY_PATH) < 0)
		return err_sys(e, v->mount_point, "keep its owner");
	if (to.st_mode != from.st_mode && chmod(self, from.st_mode & 07777) < 0)
		return err_sys(e, v->mount_point, "keep its mode");
	return 0;
}

static int attach(const struct job *j, const struct conf_volume *v, int fd, int point,
		  struct err *e)
{
	struct stat top;

	if (move_mount(fd, "", point, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, v->mount_point, "mount %s", v->id);
	if (v->kind != CONF_VOLUME)
		return 0;
	if (fstat(fd, &top) < 0)
		return err_sys(e, v->mount_point, "stat");
	own_volumes_add(j->mounted, v->mount_point, &top);
	rootfs_add_volume(j->root, &j->mounted->v[j->mounted->n - 1]);
	return 0;
}

static int place(struct job *j, const struct conf_volume *v, int fd, struct err *e)
{
	autoclose int point = open_point(j, v, e);
	int r;

	if (point < 0)
		return point;
	r = v->keepattrs && !v->read_only ? keep_attributes(v, fd, point, e) : 0;
	return r < 0 ? r : attach(j, v, fd, point, e);
}

static int place_root(struct job *j, int fd, const struct conf_volume *v, struct err *e)
{
	if (move_mount(fd, "", AT_FDCWD, j->target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, j->target, "mount %s", v->id);
	return rootfs_open(j->target, &j->root, e);
}

/* Open all volumes before the first is mounted, since a part of them is of no use. */
static int mount_all(struct job *j, struct source *s, size_t n, struct err *e)
{
	int r = open_sources(j, s, n, e);

	for (size_t i = 0; i < n && r == 0; i++) {
		r = i ? place(j, s[i].slot, s[i].fd, e) : place_root(j, s[i].fd, s[i].slot, e);
		r = of_slot(s[i].slot, r, e);
	}
	return r;
}

int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct own_volumes *ret, struct err *e)
{
	autovolumes ignored = { 0 };
	struct job j = { .conf = conf, .map = map, .target = target,
			 .mounted = ret ? ret : &ignored };
	size_t n = conf->n_volumes;
	autofree struct source *s = xcalloc(n + 1, sizeof *s);
	int r;

	for (size_t i = 0; i < n; i++)
		s[i] = (struct source){ .slot = &conf->volumes[i], .fd = -1, .lock = -1 };
	r = mount_all(&j, s, n, e);
	for (size_t i = 0; i < n; i++)
		source_done(&s[i]);
	job_done(&j);
	return r;
}

/* ---- on the host ---- */

static int open_for_host(const struct conf *conf, const struct conf_volume *wanted, int *ret_lock,
			 struct err *e)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID };
	autoclose int fd = -1;
	struct volume v = { 0 };
	int r = volume_find(wanted->id, conf->ctid, &v, e);

	if (r < 0)
		return r;
	fd = attach_volume(&v, volume_flags_of(wanted), ret_lock, e);
	r = fd < 0 ? fd : 0;
	if (r == 0 && mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) < 0)
		r = err_sys(e, v.path, "forbid devices and setuid programs");
	volume_done(&v);
	return r < 0 ? r : steal_fd(&fd);
}

/* Returns 1 if the container has no folder to mount it on. */
static int mount_for_host(struct job *j, const struct conf_volume *v, struct err *e)
{
	autoclose int point = j->root ? rootfs_open_mount_point(j->root, v->mount_point, e) : -1;
	autoclose int fd = -1, lock = -1;

	if (j->root && point < 0)
		return point == -ENOENT ? 1 : point;
	fd = open_for_host(j->conf, v, &lock, e);
	if (fd < 0)
		return fd;
	return j->root ? attach(j, v, fd, point, e) : place_root(j, fd, v, e);
}

int mount_volumes_on_host(const struct conf *conf, const char *target, char ***ret_left,
			  struct err *e)
{
	autovolumes mounted = { 0 };
	struct job j = { .conf = conf, .target = target, .mounted = &mounted };
	autostrv char **left = NULL;
	int r = 0;

	for (size_t i = 0; i < conf->n_volumes && r == 0; i++) {
		const struct conf_volume *v = &conf->volumes[i];

		if (v->kind == CONF_VOLUME)
			r = of_slot(v, mount_for_host(&j, v, e), e);
		if (r > 0)
			strv_push(&left, v->slot);
		r = r < 0 ? r : 0;
	}
	rootfs_close(j.root);
	if (r == 0)
		*ret_left = steal(&left);
	return r;
}
