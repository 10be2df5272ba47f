/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The limit of a subvolume is that of a quota group of its own, 1/ID, to which the kernel adds the
 * subvolumes that are made below it: so root of a container cannot escape it.
 *
 * Subvolumes below it are reached by handles of their folders, since their paths may be longer than
 * the kernel takes.
 */
#include "lib/host/btrfs.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"

#define NO_LIMIT UINT64_MAX
#define SYSFS "/sys/fs/btrfs/"
#define MAX_SYSFS 4096

bool btrfs_has(int dir)
{
	struct statfs fs;

	return fstatfs(dir, &fs) == 0 && (unsigned long)fs.f_type == BTRFS_SUPER_MAGIC;
}

bool btrfs_is_top(int top)
{
	struct stat st;

	return btrfs_has(top) && fstat(top, &st) == 0 && st.st_ino == BTRFS_FIRST_FREE_OBJECTID;
}

int btrfs_make(int dir, const char *name, const char *path, struct err *e)
{
	struct btrfs_ioctl_vol_args args = { 0 };

	snprintf(args.name, sizeof args.name, "%s", name);
	return ioctl(dir, BTRFS_IOC_SUBVOL_CREATE, &args) < 0 ? err_sys(e, path, "make subvolume")
							      : 0;
}

static int id_of(int top, uint64_t *ret, const char *path, struct err *e)
{
	struct btrfs_ioctl_ino_lookup_args args = { .objectid = BTRFS_FIRST_FREE_OBJECTID };

	if (ioctl(top, BTRFS_IOC_INO_LOOKUP, &args) < 0)
		return err_sys(e, path, "find the subvolume's id");
	*ret = args.treeid;
	return 0;
}

/* ---- limits ---- */

static uint64_t group_of(uint64_t id)
{
	return UINT64_C(1) << 48 | id;
}

/* A file of the file system's folder in /sys, without its newline; NULL: it has none. */
static char *sysfs_text(int dir, const char *name)
{
	struct btrfs_ioctl_fs_info_args info = { 0 };
	const uint8_t *u = info.fsid;
	autofree char *path = NULL;
	autostrv char **lines = NULL;

	if (ioctl(dir, BTRFS_IOC_FS_INFO, &info) < 0)
		return NULL;
	path = xasprintf(SYSFS "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			       "%02x%02x%02x%02x%02x%02x/%s",
			 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
			 u[12], u[13], u[14], u[15], name);
	lines = file_lines(path, MAX_SYSFS);
	return lines ? xstrdup(*lines) : NULL;
}

bool btrfs_can_limit(int dir)
{
	autofree char *enabled = sysfs_text(dir, "qgroups/enabled");
	autofree char *mode = sysfs_text(dir, "qgroups/mode");

	return str_eq(enabled, "1") && str_eq(mode, "squota");
}

static int set_limit(int dir, uint64_t id, uint64_t bytes)
{
	struct btrfs_ioctl_qgroup_limit_args args = {
		.qgroupid = group_of(id),
		.lim = { .flags = BTRFS_QGROUP_LIMIT_MAX_RFER, .max_rfer = bytes },
	};

	return ioctl(dir, BTRFS_IOC_QGROUP_LIMIT, &args);
}

static int set_member(int dir, uint64_t id, uint64_t group, bool is_member)
{
	struct btrfs_ioctl_qgroup_assign_args args = { .assign = is_member,
						       .src = id,
						       .dst = group_of(group) };

	return ioctl(dir, BTRFS_IOC_QGROUP_ASSIGN, &args);
}

static int set_group(int dir, uint64_t id, bool exists)
{
	struct btrfs_ioctl_qgroup_create_args args = { .create = exists, .qgroupid = group_of(id) };

	return ioctl(dir, BTRFS_IOC_QGROUP_CREATE, &args);
}

static int make_group(int top, uint64_t id, const char *path, struct err *e)
{
	if (set_group(top, id, true) < 0 && errno != EEXIST)
		return err_sys(e, path, "make a quota group");
	if (set_member(top, id, id, true) < 0 && errno != EEXIST)
		return err_sys(e, path, "join its quota group");
	return 0;
}

int btrfs_limit(int top, uint64_t bytes, const char *path, struct err *e)
{
	uint64_t id;
	int r = id_of(top, &id, path, e);

	if (r < 0)
		return r;
	if (!btrfs_can_limit(top)) {
		err_set(e, EOPNOTSUPP, path,
			"a folder on this file system cannot have a size, since its simple "
			"quotas are off");
		return err_remedy(e,
				  "use a folder without a size (STORAGE:0), or an image; \"btrfs "
				  "quota enable --simple\" turns them on, and then kernels before "
				  "6.7 cannot mount the file system");
	}
	r = make_group(top, id, path, e);
	if (r == 0 && set_limit(top, id, bytes) < 0)
		r = err_sys(e, path, "set its size");
	return r;
}

int btrfs_usage(int top, uint64_t *ret_limit, uint64_t *ret_used, const char *path, struct err *e)
{
	autofree char *limit_name = NULL, *used_name = NULL, *limit = NULL, *used = NULL;
	uint64_t id;
	int r = id_of(top, &id, path, e);

	if (r < 0)
		return r;
	limit_name = xasprintf("qgroups/1_%llu/max_referenced", (unsigned long long)id);
	used_name = xasprintf("qgroups/1_%llu/referenced", (unsigned long long)id);
	limit = sysfs_text(top, limit_name);
	used = sysfs_text(top, used_name);
	if (!limit || !parse_uint(limit, 0, INT64_MAX, ret_limit))
		*ret_limit = 0;
	if (!used || !parse_uint(used, 0, INT64_MAX, ret_used))
		*ret_used = 0;
	return 0;
}

/* ---- removal ---- */

/* A subvolume below another: NAME in the folder with the inode number dir of the subvolume parent.
 */
struct nested {
	uint64_t id, parent, dir;
	char *name;
};

/* Find a subvolume below another.  Returns 1: found; 0: there is none. */
static int find_child(int fd, uint64_t parent, struct nested *ret)
{
	struct btrfs_ioctl_search_args args = {
		.key = { .tree_id = BTRFS_ROOT_TREE_OBJECTID,
			 .min_objectid = parent,
			 .max_objectid = parent,
			 .max_offset = UINT64_MAX,
			 .max_transid = UINT64_MAX,
			 .min_type = BTRFS_ROOT_REF_KEY,
			 .max_type = BTRFS_ROOT_REF_KEY,
			 .nr_items = 1 },
	};
	struct btrfs_ioctl_search_header head;
	struct btrfs_root_ref ref;

	if (ioctl(fd, BTRFS_IOC_TREE_SEARCH, &args) < 0)
		return -errno;
	if (!args.key.nr_items)
		return 0;
	memcpy(&head, args.buf, sizeof head);
	memcpy(&ref, args.buf + sizeof head, sizeof ref);
	*ret = (struct nested){ head.offset, parent, le64toh(ref.dirid),
				xstrndup(args.buf + sizeof head + sizeof ref,
					 le16toh(ref.name_len)) };
	return 1;
}

/* The kernel's struct btrfs_fid, without the generation that it does not ask for. */
#define HANDLE_BYTES (2 * sizeof(uint64_t) + sizeof(uint32_t))
#define HANDLE_TYPE 0x4d /* FILEID_BTRFS_WITHOUT_PARENT */

static int open_inode(int fd, uint64_t subvolume, uint64_t inode)
{
	union {
		struct file_handle head;
		char bytes[sizeof(struct file_handle) + HANDLE_BYTES];
	} h = { .head = { .handle_bytes = HANDLE_BYTES, .handle_type = HANDLE_TYPE } };

	memcpy(h.head.f_handle, &inode, sizeof inode);
	memcpy(h.head.f_handle + sizeof inode, &subvolume, sizeof subvolume);
	return open_by_handle_at(fd, &h.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int destroy(int dir, const char *name)
{
	struct btrfs_ioctl_vol_args args = { 0 };

	snprintf(args.name, sizeof args.name, "%s", name);
	return ioctl(dir, BTRFS_IOC_SNAP_DESTROY, &args);
}

/* Its owner may have made the parent read-only. */
static int make_writable(int fd, uint64_t subvolume)
{
	autoclose int top = open_inode(fd, subvolume, BTRFS_FIRST_FREE_OBJECTID);
	uint64_t flags = 0;

	return top < 0 ? -1 : ioctl(top, BTRFS_IOC_SUBVOL_SETFLAGS, &flags);
}

static int destroy_nested(int fd, const struct nested *n)
{
	autoclose int dir = open_inode(fd, n->parent, n->dir);

	if (dir < 0)
		return -1;
	if (destroy(dir, n->name) == 0)
		return 0;
	return errno == EROFS && make_writable(fd, n->parent) == 0 ? destroy(dir, n->name) : -1;
}

/* The list is a path from the subvolume down: a few bytes for each, which has 16 KiB on disk. */
static int remove_below(int fd, uint64_t id, const char *path, struct err *e)
{
	struct nested *list = NULL, child;
	size_t n = 0;
	int r;

	while ((r = find_child(fd, n ? list[n - 1].id : id, &child)) > 0 || (r == 0 && n)) {
		if (r > 0) {
			list = array_grow(list, n, sizeof *list);
			list[n++] = child;
			continue;
		}
		if (destroy_nested(fd, &list[n - 1]) < 0) {
			r = err_sys(e, path, "remove its subvolume %s", list[n - 1].name);
			break;
		}
		set_member(fd, list[--n].id, id, false);
		free(list[n].name);
	}
	if (r < 0 && n == 0) {
		errno = -r;
		r = err_sys(e, path, "find its subvolumes");
	}
	while (n)
		free(list[--n].name);
	free(list);
	return r;
}

int btrfs_remove(int dir, const char *name, const char *path, struct err *e)
{
	autoclose int top = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	uint64_t id;
	int r;

	if (top < 0)
		return err_sys(e, path, "open");
	r = id_of(top, &id, path, e);
	if (r < 0)
		return r;
	/* Where the limit is reached, even a removal would exceed it. */
	set_limit(top, id, NO_LIMIT);
	r = remove_below(dir, id, path, e);
	if (r < 0)
		return r;
	if (destroy(dir, name) < 0)
		return err_sys(e, path, "remove the subvolume");
	/* There are none without a limit. */
	set_member(dir, id, id, false);
	set_group(dir, id, false);
	return 0;
}
