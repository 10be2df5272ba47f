/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage type zfspool: volumes are datasets of a ZFS pool, or of a dataset in it.
 * POOL/subvol-CTID-NAME is a file system, whose limit is its refquota; POOL/vm-CTID-NAME is a
 * block device.  basevol and base are those of templates.  A volume id is STORAGE:NAME; the id of a
 * linked clone names its template, too: STORAGE:TEMPLATE/NAME.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/storage/mkfs.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "lib/storage/tree-lock.h"
#include "lib/storage/type/block-volume.h"
#include "lib/storage/type/zfs-pool.h"

#define MIB (UINT64_C(1) << 20)
#define MAX_TABLE (64 * 1024 * 1024)
#define LEAST_ROOM (16 * MIB) /* ZFS needs some to make or remove a dataset */
#define DEVICE_WAIT_MS 10000 /* for udev to make its node */
#define DEVICE_PAUSE_MS 10

/* ---- storage.cfg, volume ids ---- */

static bool zfspool_locate(const struct storage *s, const char *name, unsigned *ret_owner,
			   struct volume *ret)
{
	const char *slash = strchr(name, '/'), *own = slash ? slash + 1 : name;
	autofree char *template = xstrndup(name, slash ? (size_t)(slash - name) : 0);
	struct volume v = { .ops = &volume_zfspool };
	bool base;

	if (!zfs_parse_name(own, ret_owner, &v.form, &base) || (slash && !zfs_is_base(template)))
		return false;
	v.path = xasprintf("%s%s/%s", v.form == VOLUME_RAW ? ZFS_DEVICES : "", s->pool, own);
	*ret = v;
	return true;
}

/* Containers get folders: ZFS keeps the files itself, and a limit changes at once. */
static char *zfspool_disk_name(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n)
{
	(void)s;
	(void)mib;
	/* 0 is the root volume. */
	return xasprintf("subvol-%u-disk-%u", ctid, n + 1);
}

static char *zfspool_root_name(const struct storage *s, unsigned ctid, uint64_t mib)
{
	(void)s;
	(void)mib;
	return xasprintf("subvol-%u-disk-0", ctid);
}

/* ---- mounting ---- */

static int err_missing(const struct volume *v, struct err *e)
{
	err_set(e, ENOENT, v->id, "there is no such volume: %s", zfs_dataset(v));
	return err_remedy(e, "zfs list -r %s shows what is there; name another in the config",
			  v->storage->pool);
}

/*
 * The kernel mounts a dataset once more, although it is mounted, and whatever its property
 * mountpoint says.
 */
static int zfspool_mount(const struct volume *v, unsigned flags, struct err *e)
{
	int r = zfs_check_pool(v->storage, NULL, e);

	if (r < 0 || v->form == VOLUME_RAW)
		return r < 0 ? r : block_volume_mount(v, flags, e);
	r = mount_device(v->path, "zfs", 0, v->path, e);
	if (r == -ENOENT)
		return err_missing(v, e);
	return r < 0 ? err_remedy(e, "see zfs get all %s, and the kernel log (dmesg)", v->path) : r;
}

static int zfspool_look(const struct volume *v, struct volume_owner *ret, struct err *e)
{
	int r = zfs_check_pool(v->storage, NULL, e);
	autoclose int fd = -1;
	struct stat st;

	if (r < 0 || v->form == VOLUME_RAW)
		return r < 0 ? r : block_volume_look(v, ret, e);
	fd = zfspool_mount(v, 0, e);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return err_sys(e, v->path, "stat");
	*ret = (struct volume_owner){ st.st_uid, st.st_gid };
	return 0;
}

/* A dataset whose property mountpoint is not "legacy" is mounted on the host, for all its users. */
static int zfspool_check_hidden(const struct volume *v, struct err *e)
{
	autostrv char **lines = file_lines("/proc/self/mountinfo", MAX_TABLE);
	autofree char *wanted = xasprintf(" - zfs %s ", v->path);

	for (char **line = lines; line && *line; line++) {
		autostrv char **words = strstr(*line, wanted) ? strv_split(*line, " ") : NULL;

		/* pct mount forbids setuid programs. */
		if (!words || strstr(words[5], "nosuid"))
			continue;
		err_set(e, EPERM, v->path,
			"is mounted on %s: users of the host could run the "
			"container's setuid programs",
			words[4]);
		return err_remedy(e, "run \"zfs set mountpoint=legacy %s\"", v->path);
	}
	return 0;
}

const struct volume_ops volume_zfspool = {
	.type = "zfspool",
	.required = "pool",
	.optional = "sparse blocksize mountpoint",
	.locate = zfspool_locate,
	.look = zfspool_look,
	.mount = zfspool_mount,
	.check_hidden = zfspool_check_hidden,
};

/* ---- creating and removing ---- */

static int check_new(const struct volume *v, struct err *e)
{
	struct storage_status status;
	int r = zfs_exists(v, e);

	if (r > 0) {
		err_set(e, EEXIST, v->path, "a volume with this name exists already");
		return err_remedy(e, "no container uses it: inspect it, then remove it");
	}
	if (r == 0)
		r = zfspool_status(v->storage, &status, e);
	if (r < 0 || status.available >= LEAST_ROOM)
		return r;
	err_set(e, ENOSPC, v->storage->id, "no space left in %s", v->storage->pool);
	return err_remedy(e, "remove volumes or snapshots: zfs list -t all -o space -r %s",
			  v->storage->pool);
}

static int wait_for_device(const struct volume *v, struct err *e)
{
	const struct timespec pause = { .tv_nsec = DEVICE_PAUSE_MS * 1000 * 1000 };
	long long until = now_ms() + DEVICE_WAIT_MS;

	while (access(v->path, F_OK) < 0) {
		if (now_ms() > until) {
			err_sys(e, v->path, "find the new device");
			return err_remedy(e, "see whether udev runs");
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int destroy(const struct volume *v, struct err *e)
{
	const char *const argv[] = { "zfs", "destroy", zfs_dataset(v), NULL };

	return run_program(argv, e);
}

static int create_device(const struct volume *v, uint64_t mib, struct err *e)
{
	autofree char *size = xasprintf("%" PRIu64, mib * MIB);
	const char *argv[10] = { "zfs", "create", "-V", size };
	size_t n = 4;
	int r;

	if (storage_flag(v->storage->sparse, false))
		argv[n++] = "-s";
	if (v->storage->blocksize) {
		argv[n++] = "-b";
		argv[n++] = v->storage->blocksize;
	}
	argv[n] = zfs_dataset(v);
	r = run_program(argv, e);
	if (r < 0)
		return r;
	r = wait_for_device(v, e);
	if (r == 0)
		r = mkfs_ext4(v->path, true, e);
	if (r < 0)
		destroy(v, NULL);
	return r;
}

static int create_folder(const struct volume *v, uint64_t mib, struct err *e)
{
	autofree char *limit =
		mib ? xasprintf("refquota=%" PRIu64, mib * MIB) : xstrdup("refquota=none");
	/* It is not mounted on the host, where users could run the container's setuid programs. */
	const char *const argv[] = { "zfs", "create", "-o", "mountpoint=legacy", "-o",
				     "acltype=posixacl", "-o", "xattr=sa", "-o", limit, v->path,
				     NULL };

	return run_program(argv, e);
}

static int zfspool_create(const struct volume *v, uint64_t mib, struct err *e)
{
	int r = check_new(v, e);

	if (r < 0)
		return r;
	return v->form == VOLUME_RAW ? create_device(v, mib, e) : create_folder(v, mib, e);
}

/* zfs destroy -r would remove the snapshots, too. */
static int check_alone(const struct volume *v, struct err *e)
{
	const char *const argv[] = { "zfs", "list", "-Hp", "-o", "name", "-t", "all", "-d", "1",
				     "-r", zfs_dataset(v), NULL };
	autostrv char **names = NULL;
	autofree char *list = NULL;
	int r = zfs_ask(argv, &names, e);

	if (r < 0 || strv_len(names) < 2)
		return r;
	/* The first is the volume. */
	list = strv_join(names + 1, ", ");
	err_set(e, ENOTEMPTY, v->id, "has snapshots or datasets of its own: %s", list);
	return err_remedy(e, "to remove it with them: zfs destroy -r %s", zfs_dataset(v));
}

/* The lock ends with this: ZFS, too, refuses what is mounted or open. */
static int check_idle(const struct volume *v, struct err *e)
{
	autoclose int fd = v->form == VOLUME_RAW ? block_volume_lock(v, e) : zfspool_mount(v, 0, e);
	autoclose int top = -1;

	if (fd < 0 || v->form == VOLUME_RAW)
		return fd < 0 ? fd : 0;
	top = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return top < 0 ? err_sys(e, v->path, "open") : tree_lock(top, v->path, e);
}

static int zfspool_remove(const struct volume *v, struct err *e)
{
	int r = zfs_exists(v, e);

	if (r <= 0)
		return r;
	r = check_alone(v, e);
	if (r == 0)
		r = check_idle(v, e);
	return r < 0 ? r : destroy(v, e);
}

/* ---- size ---- */

static const char *size_property(const struct volume *v)
{
	return v->form == VOLUME_RAW ? "volsize" : "refquota";
}

static int zfspool_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	const char *const argv[] = { "zfs", "get", "-Hp", "-o", "value", size_property(v),
				     zfs_dataset(v), NULL };
	autostrv char **lines = NULL;
	int r = zfs_exists(v, e);

	if (r <= 0)
		return r < 0 ? r : err_missing(v, e);
	r = zfs_ask(argv, &lines, e);
	if (r < 0)
		return r;
	if (!*lines || !parse_uint(*lines, 0, INT64_MAX, ret))
		return err_set(e, EPROTO, v->path, "zfs get does not tell its size");
	return 0;
}

static int zfspool_grow(const struct volume *v, uint64_t bytes, struct err *e)
{
	autofree char *size = xasprintf("%s=%" PRIu64, size_property(v), bytes);
	const char *const argv[] = { "zfs", "set", size, zfs_dataset(v), NULL };
	int r = zfs_check_pool(v->storage, NULL, e);

	return r < 0 ? r : run_program(argv, e);
}

const struct storage_ops storage_zfspool = {
	.type = "zfspool",
	.limits_folders = true,
	.status = zfspool_status,
	.root_name = zfspool_root_name,
	.disk_name = zfspool_disk_name,
	.create = zfspool_create,
	.remove = zfspool_remove,
	.check_remove = check_alone,
	.list = zfspool_list,
	.list_sizes = zfspool_list_sizes,
	.size = zfspool_size,
	.grow = zfspool_grow,
	.lock = block_volume_lock,
	.device = block_volume_device,
};
