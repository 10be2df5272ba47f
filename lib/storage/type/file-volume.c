/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/file-volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/host/blk.h"
#include "lib/host/loop.h"
#include "lib/storage/mkfs.h"
#include "lib/storage/mount.h"
#include "lib/storage/tree-lock.h"

static char *parent_of(const char *path)
{
	return xstrndup(path, (size_t)(strrchr(path, '/') - path));
}

/* ---- mounting ---- */

static int err_missing(const struct volume *v, struct err *e)
{
	err_set(e, ENOENT, v->id, "there is no such volume: %s", v->path);
	return err_remedy(e, "copy it there, or name another in the config");
}

/*
 * On an id-mapped file system, files of container root are files of host root, including setuid
 * bits.  So the folder must not be accessible to other users of the host.  Returns its descriptor.
 */
static int open_images(const struct volume *v, const char **ret_name, struct err *e)
{
	autofree char *dir = parent_of(v->path);
	autoclose int fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return err_missing(v, e);
	if (fd < 0)
		return err_sys(e, dir, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, dir, "stat");
	if (st.st_uid != 0 || st.st_gid != 0 || (st.st_mode & 07777) != 0700) {
		err_set(e, EPERM, dir, "has mode %04o and owner %u:%u; users of the host could run "
			"the container's setuid programs",
			st.st_mode & 07777, st.st_uid, st.st_gid);
		return err_remedy(e, "run \"chown 0:0 %s && chmod 0700 %s\"", dir, dir);
	}
	*ret_name = strrchr(v->path, '/') + 1;
	return steal_fd(&fd);
}

static int open_failed(const struct volume *v, struct err *e)
{
	if (errno == ENOENT)
		return err_missing(v, e);
	if (errno == ELOOP || errno == ENOTDIR)
		return err_set(e, EINVAL, v->path, "is not a %s",
			       v->form == VOLUME_RAW ? "regular file" : "folder");
	return err_sys(e, v->path, "open");
}

static int open_image(const struct volume *v, int dir, const char *name, int access, struct err *e)
{
	autoclose int image = openat(dir, name, access | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (image < 0)
		return open_failed(v, e);
	if (fstat(image, &st) < 0)
		return err_sys(e, v->path, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, v->path, "is not a regular file");
	return steal_fd(&image);
}

static int open_top(const struct volume *v, int dir, const char *name, struct err *e)
{
	int top = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return top < 0 ? open_failed(v, e) : top;
}

static int look_raw(const struct volume *v, int dir, const char *name, struct volume_owner *ret,
		    struct err *e)
{
	autoclose int image = open_image(v, dir, name, O_RDONLY, e);
	int r;

	if (image < 0)
		return image;
	r = blk_check_ext4(image, v->path, e);
	return r < 0 ? r : blk_ext4_owner(image, v->path, &ret->uid, &ret->gid, e);
}

static int look_tree(const struct volume *v, int dir, const char *name, struct volume_owner *ret,
		     struct err *e)
{
	autoclose int top = open_top(v, dir, name, e);
	struct stat st;

	if (top < 0)
		return top;
	if (fstat(top, &st) < 0)
		return err_sys(e, v->path, "stat");
	*ret = (struct volume_owner){ st.st_uid, st.st_gid };
	return 0;
}

int file_volume_look(const struct volume *v, struct volume_owner *ret, struct err *e)
{
	const char *name = NULL;
	autoclose int dir = open_images(v, &name, e);

	if (dir < 0)
		return dir;
	return v->form == VOLUME_RAW ? look_raw(v, dir, name, ret, e)
				     : look_tree(v, dir, name, ret, e);
}

static int detached_raw(const struct volume *v, int dir, const char *name, unsigned flags,
			struct err *e)
{
	/* The loop device of an image that was opened to read is read-only, too. */
	int access = flags & VOLUME_READ_ONLY ? O_RDONLY : O_RDWR;
	autoclose int image = open_image(v, dir, name, access, e), loop = -1;
	char device[LOOP_NAME_MAX];
	int r;

	if (image < 0)
		return image;
	r = loop_lock(image, v->path, e);
	if (r == 0)
		r = blk_check_ext4(image, v->path, e);
	if (r < 0)
		return r;
	loop = loop_attach(image, v->path, device, e);
	return loop < 0 ? loop : mount_device(device, "ext4", flags, v->path, e);
}

static int detached_tree(const struct volume *v, int dir, const char *name, struct err *e)
{
	autoclose int top = open_top(v, dir, name, e);
	int fd;

	if (top < 0)
		return top;
	fd = open_tree(top, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	return fd < 0 ? err_sys(e, v->path, "mount") : fd;
}

int file_volume_mount(const struct volume *v, unsigned flags, struct err *e)
{
	const char *name = NULL;
	autoclose int dir = open_images(v, &name, e);

	if (dir < 0)
		return dir;
	return v->form == VOLUME_RAW ? detached_raw(v, dir, name, flags, e)
				     : detached_tree(v, dir, name, e);
}

/* ---- creating and removing ---- */

/* Make the images folder, with a mode that keeps other users of the host out. */
static int make_images_dir(const char *dir, struct err *e)
{
	autofree char *images = parent_of(dir);
	struct stat st;
	int r = file_mkdirs(images, 0755, e);

	if (r < 0)
		return r;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_sys(e, dir, "make folder");
	if (lstat(dir, &st) < 0)
		return err_sys(e, dir, "stat");
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_gid != 0 ||
	    (st.st_mode & 07777) != 0700) {
		err_set(e, EPERM, dir, "is not a folder that only root can enter");
		return err_remedy(e, "run \"chown 0:0 %s && chmod 0700 %s\"", dir, dir);
	}
	r = file_sync_parent(dir, e);
	if (r < 0)
		rmdir(dir);
	return r;
}

static int make_image(const char *path, uint64_t mib, struct err *e)
{
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, path, "create");
	if (ftruncate(fd, (off_t)mib << 20) < 0) {
		err_sys(e, path, "make an image of %llu MiB", (unsigned long long)mib);
		err_remedy(e, "choose a smaller size: --rootfs STORAGE:GIB");
	} else if (mkfs_ext4(path, true, e) == 0) {
		return 0;
	}
	unlink(path);
	return err_code(e);
}

static int make_tree(const char *path, struct err *e)
{
	return mkdir(path, 0755) < 0 ? err_sys(e, path, "make folder") : 0;
}

int file_volume_prepare(const struct volume *v, struct err *e)
{
	autofree char *dir = parent_of(v->path);
	int r = make_images_dir(dir, e);

	if (r < 0 || faccessat(AT_FDCWD, v->path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return r;
	err_set(e, EEXIST, v->path, "a volume with this name exists already");
	return err_remedy(e, "no container uses it: inspect it, then remove it");
}

int file_volume_create(const struct volume *v, uint64_t mib, struct err *e)
{
	autofree char *dir = parent_of(v->path);
	int r = file_volume_prepare(v, e);

	if (r < 0)
		return r;
	r = v->form == VOLUME_TREE ? make_tree(v->path, e) : make_image(v->path, mib, e);
	if (r == 0) {
		r = file_sync_parent(v->path, e);
		if (r < 0)
			remove(v->path);
	}
	if (r < 0)
		rmdir(dir);
	return r;
}

static int remove_image(const struct volume *v, struct err *e)
{
	autoclose int fd = open(v->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, v->path, "open");
	r = loop_lock(fd, v->path, e);
	if (r < 0)
		return r;
	return file_remove(v->path, e);
}

static int remove_tree(const struct volume *v, struct err *e)
{
	autoclose int top = open(v->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (top < 0)
		return errno == ENOENT ? 0 : open_failed(v, e);
	r = tree_lock(top, v->path, e);
	return r < 0 ? r : run_remove_tree(v->path, e);
}

int file_volume_remove(const struct volume *v, struct err *e)
{
	autofree char *dir = parent_of(v->path);
	int r = v->form == VOLUME_RAW ? remove_image(v, e) : remove_tree(v, e);

	if (r < 0)
		return r;
	if (rmdir(dir) < 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST)
		return err_sys(e, dir, "remove");
	return 0;
}

/* ---- listing ---- */

struct list {
	const struct storage *s;
	char *(*name_of)(const char *file);
	char **names;
};

static void add_name(struct list *l, unsigned ctid, const char *file)
{
	autofree char *last = l->name_of(file);
	autofree char *name = last ? xasprintf("%u/%s", ctid, last) : NULL;
	struct volume v = { 0 };
	unsigned owner;

	if (name && l->s->ops->locate(l->s, name, &owner, &v))
		strv_push(&l->names, name);
	free(v.path);
}

static int list_container(struct list *l, unsigned ctid, struct err *e)
{
	autofree char *path = xasprintf("%s/images/%u", l->s->path, ctid);
	DIR *dir = file_open_folder(AT_FDCWD, path);
	struct dirent *entry;
	int r;

	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, path, "list");
	while ((errno = 0, entry = readdir(dir)))
		add_name(l, ctid, entry->d_name);
	r = errno ? err_sys(e, path, "list") : 0;
	closedir(dir);
	return r;
}

static int list_all(struct list *l, struct err *e)
{
	autofree char *path = xasprintf("%s/images", l->s->path);
	struct dirent **owner;
	int n = scandir(path, &owner, NULL, versionsort), r = 0;
	unsigned ctid;

	if (n < 0)
		return errno == ENOENT ? 0 : err_sys(e, path, "list");
	for (int i = 0; i < n; free(owner[i++]))
		if (r == 0 && parse_ctid(owner[i]->d_name, &ctid))
			r = list_container(l, ctid, e);
	free(owner);
	return r;
}

int file_volume_list(const struct storage *s, unsigned ctid, char *(*name_of)(const char *file),
		     char ***ret, struct err *e)
{
	struct list l = { s, name_of, NULL };
	int r = ctid ? list_container(&l, ctid, e) : list_all(&l, e);

	if (r == 0)
		*ret = steal(&l.names);
	strv_free(l.names);
	return r;
}

/* ---- looking after images ---- */

static int open_raw(const struct volume *v, int access, struct err *e)
{
	const char *name = NULL;
	autoclose int dir = open_images(v, &name, e);

	return dir < 0 ? dir : open_image(v, dir, name, access, e);
}

int file_volume_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	autoclose int image = open_raw(v, O_RDONLY, e);
	struct stat st;

	if (image < 0)
		return image;
	if (fstat(image, &st) < 0)
		return err_sys(e, v->path, "stat");
	*ret = (uint64_t)st.st_size;
	return 0;
}

int file_volume_grow(const struct volume *v, uint64_t bytes, struct err *e)
{
	autoclose int image = open_raw(v, O_RDWR, e), loop = -1;
	char device[LOOP_NAME_MAX];

	if (image < 0)
		return image;
	loop = loop_find(image, v->path, device, e);
	if (loop < 0 && loop != -ENXIO)
		return loop;
	if (ftruncate(image, (off_t)bytes) < 0 || fsync(image) < 0)
		return err_sys(e, v->path, "change the size");
	return loop < 0 ? 0 : loop_update_size(loop, v->path, e);
}

int file_volume_lock(const struct volume *v, struct err *e)
{
	autoclose int image = open_raw(v, O_RDONLY, e);
	int r = image < 0 ? image : loop_lock(image, v->path, e);

	return r < 0 ? r : steal_fd(&image);
}

int file_volume_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e)
{
	autoclose int image = open_raw(v, O_RDONLY, e);

	return image < 0 ? image : loop_find(image, v->path, ret, e);
}

_Static_assert(VOLUME_DEVICE_MAX >= LOOP_NAME_MAX, "the name of a loop device fits");
