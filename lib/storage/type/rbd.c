/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage type rbd: a volume is an image in a pool of Ceph, which the kernel makes a block
 * device.  A volume id is STORAGE:vm-CTID-disk-N; the id of a linked clone names its template, too:
 * STORAGE:base-CTID-disk-N/vm-CTID-disk-N.  The path is /dev/rbd/POOL/IMAGE, a link that udev makes
 * by the rules of the package ceph-common.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/storage/mkfs.h"
#include "lib/storage/type/block-volume.h"
#include "lib/storage/type/rbd-command.h"
#include "lib/storage/type/rbd-map.h"
#include "lib/storage/type/rbd-pool.h"

#define MIB (UINT64_C(1) << 20)
#define LEAST_ROOM (64 * MIB) /* for the tables of a file system, at least */
#define WAIT_MS 10000         /* for udev, or for the kernel to hear of a new size */
#define PAUSE_MS 20

/* ---- volume ids ---- */

static bool rbd_locate(const struct storage *s, const char *name, unsigned *ret_owner,
		       struct volume *ret)
{
	const char *slash = strchr(name, '/'), *own = slash ? slash + 1 : name;
	autofree char *template = xstrndup(name, slash ? (size_t)(slash - name) : 0), *spec = NULL;
	bool base;

	if (!rbd_parse_name(own, ret_owner, &base) || (slash && !rbd_is_base(template)))
		return false;
	spec = rbd_spec(s, own);
	*ret = (struct volume){ .ops = &volume_rbd, .form = VOLUME_RAW,
				.path = xasprintf("/dev/rbd/%s", spec) };
	return true;
}

static char *rbd_root_name(const struct storage *s, unsigned ctid, uint64_t mib)
{
	(void)s;
	return mib ? xasprintf("vm-%u-disk-0", ctid) : NULL;
}

static char *rbd_disk_name(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n)
{
	(void)s;
	return mib ? xasprintf("vm-%u-disk-%u", ctid, n + 1) : NULL; /* 0 is the root volume */
}

/* ---- mounting ---- */

/* The volume by the name of its device; shares all members with v. */
static struct volume at_device(const struct volume *v, struct rbd_mapping *m)
{
	struct volume at = *v;

	at.path = m->device;
	return at;
}

static int rbd_look(const struct volume *v, struct volume_owner *ret, struct err *e)
{
	struct rbd_mapping m;
	autoclose int lock = rbd_attach(v, &m, e);
	struct volume at = at_device(v, &m);

	return lock < 0 ? lock : block_volume_look(&at, ret, e);
}

/*
 * The image is mapped first: of two hosts that do this at once, at least one sees the other.  The
 * kernel tells nothing of other hosts; a host without the program, which only starts containers,
 * starts them without this check.
 */
static int check_alone(const struct volume *v, const struct rbd_mapping *m, struct err *e)
{
	struct err own = { 0 };
	int r = rbd_check_watchers(v, m->client, &own);

	return r == 0 || r == -ENOPKG ? 0 : err_take(e, &own);
}

static int rbd_mount(const struct volume *v, unsigned flags, struct err *e)
{
	struct rbd_mapping m;
	autoclose int lock = rbd_attach(v, &m, e);
	struct volume at = at_device(v, &m);
	int r = lock < 0 ? lock : check_alone(v, &m, e);

	return r < 0 ? r : block_volume_mount(&at, flags, e);
}

const struct volume_ops volume_rbd = {
	.type = "rbd",
	.required = "",
	.optional = "pool namespace data-pool monhost username keyring krbd",
	.locate = rbd_locate,
	.look = rbd_look,
	.mount = rbd_mount,
	.detach_idle = rbd_detach_idle,
};

/* ---- creating and removing ---- */

static int check_new(const struct volume *v, struct err *e)
{
	struct storage_status status;
	int r = rbd_pool_status(v->storage, RBD_CHANGE_SECONDS, &status, e);

	if (r == 0)
		r = rbd_exists(v, e);
	if (r > 0) {
		err_set(e, EEXIST, v->path, "a volume with this name exists already");
		return err_remedy(e, "no container uses it: inspect it, then remove it");
	}
	if (r < 0 || status.available >= LEAST_ROOM)
		return r;
	err_set(e, ENOSPC, v->storage->id, "%s has %llu MiB left, and %llu MiB are needed",
		rbd_pool(v->storage), (unsigned long long)(status.available / MIB),
		(unsigned long long)(LEAST_ROOM / MIB));
	return err_remedy(e, "remove volumes, or choose another storage; ceph df shows the pools");
}

static int remove_image(const struct volume *v, struct err *e)
{
	autofree char *spec = rbd_spec(v->storage, rbd_image_name(v));
	const char *const rm[] = { "rm", "--no-progress", spec, NULL };

	return rbd_run(v->storage, "rbd", RBD_REMOVE_SECONDS, rm, NULL, e);
}

static int make_image(const struct volume *v, uint64_t mib, struct err *e)
{
	autofree char *spec = rbd_spec(v->storage, rbd_image_name(v));
	autofree char *size = xasprintf("%" PRIu64 "M", mib);
	const char *const create[] = { "create", "--size", size, spec,
				       v->storage->data_pool ? "--data-pool" : NULL,
				       v->storage->data_pool, NULL };

	return rbd_run(v->storage, "rbd", RBD_CHANGE_SECONDS, create, NULL, e);
}

static int fill_image(const struct volume *v, struct err *e)
{
	struct rbd_mapping m;
	autoclose int lock = rbd_attach(v, &m, e);

	return lock < 0 ? lock : mkfs_ext4(m.device, true, e);
}

static int detach(const struct volume *v, struct err *e)
{
	int lock = rbd_lock_detached(v, e);

	if (lock >= 0)
		close(lock);
	return lock < 0 ? lock : 0;
}

static int rbd_create(const struct volume *v, uint64_t mib, struct err *e)
{
	int r = rbd_check_kernel(e);

	if (r < 0)
		return err_wrap(e, "%s", v->storage->id);
	r = check_new(v, e);
	if (r == 0)
		r = make_image(v, mib, e);
	if (r < 0)
		return r;
	r = fill_image(v, e);
	if (r == 0)
		r = detach(v, e);
	if (r < 0 && detach(v, NULL) == 0)
		remove_image(v, NULL);
	return r;
}

/* Not as JSON: "rbd snap ls" prints nothing if there are none. */
static int rbd_check_remove(const struct volume *v, struct err *e)
{
	autofree char *spec = rbd_spec(v->storage, rbd_image_name(v)), *names = NULL;
	const char *const ls[] = { "snap", "ls", spec, "--format", "json", NULL };
	const struct json_t *row;
	struct json_t *rows;
	int r = rbd_exists(v, e);

	if (r <= 0)
		return r;
	r = rbd_ask(v->storage, "rbd", RBD_ANSWER_SECONDS, ls, &rows, e);
	if (r < 0)
		return r;
	row = json_item(rows, 0);
	names = row ? xstrdup(json_member_string(row, "name")) : NULL;
	json_free(rows);
	if (!names)
		return 0;
	err_set(e, ENOTEMPTY, v->id, "has snapshots, %s and maybe others", names);
	return err_remedy(e, "rbd snap ls %s shows them; to remove them: rbd snap purge %s", spec,
			  spec);
}

static int rbd_remove(const struct volume *v, struct err *e)
{
	autoclose int lock = -1;
	int r = rbd_exists(v, e);

	if (r <= 0)
		return r;
	r = rbd_check_remove(v, e);
	if (r == 0)
		r = lock = rbd_lock_detached(v, e);
	if (r >= 0)
		r = rbd_check_watchers(v, "", e);
	return r < 0 ? r : remove_image(v, e);
}

/* ---- looking after volumes ---- */

static int err_missing(const struct volume *v, struct err *e)
{
	err_set(e, ENOENT, v->id, "there is no such volume: %s", v->path);
	return err_remedy(e, "name another in the config");
}

static int rbd_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	autofree char *spec = rbd_spec(v->storage, rbd_image_name(v));
	const char *const info[] = { "info", spec, "--format", "json", NULL };
	struct json_t *image;
	int r = rbd_exists(v, e);

	if (r <= 0)
		return r < 0 ? r : err_missing(v, e);
	r = rbd_ask(v->storage, "rbd", RBD_ANSWER_SECONDS, info, &image, e);
	if (r < 0)
		return r;
	if (!json_member_uint(image, "size", ret))
		r = err_set(e, EPROTO, v->id, "rbd does not tell its size");
	json_free(image);
	return r;
}

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	nanosleep(&pause, NULL);
}

/* The cluster tells the kernel of a new size, which takes a moment. */
static int wait_for_size(const struct volume *v, uint64_t bytes, struct err *e)
{
	long long until = now_ms() + WAIT_MS;
	struct rbd_mapping m;
	uint64_t size = 0;

	if (!rbd_attached(v, &m))
		return 0;
	do {
		struct volume at = at_device(v, &m);
		int r = block_volume_size(&at, &size, e);

		if (r < 0 || size == bytes)
			return r;
		pause_briefly();
	} while (now_ms() < until);
	return err_set(e, ETIMEDOUT, v->id, "%s does not get its new size", m.device);
}

static int rbd_grow(const struct volume *v, uint64_t bytes, struct err *e)
{
	autofree char *spec = rbd_spec(v->storage, rbd_image_name(v));
	autofree char *size = xasprintf("%" PRIu64 "B", bytes);
	uint64_t now;
	int r = rbd_size(v, &now, e);
	/* To take a growth back. */
	const char *const resize[] = { "resize", "--no-progress", "--size", size, spec,
				       r == 0 && bytes < now ? "--allow-shrink" : NULL, NULL };

	if (r < 0 || bytes == now)
		return r;
	r = rbd_run(v->storage, "rbd", RBD_CHANGE_SECONDS, resize, NULL, e);
	return r < 0 ? r : wait_for_size(v, bytes, e);
}

/* Programs get the path.  Another cluster may have a pool and an image with the same names. */
static int wait_for_link(const struct volume *v, const struct rbd_mapping *m, struct err *e)
{
	long long until = now_ms() + WAIT_MS;

	for (;;) {
		autofree char *node = realpath(v->path, NULL);

		if (str_eq(node, m->device))
			return 0;
		if (node) {
			err_set(e, EBUSY, v->path, "is %s, an image of another cluster", node);
			return err_remedy(e, "rbd unmap %s", node);
		}
		if (now_ms() > until) {
			err_sys(e, v->path, "find the link to %s", m->device);
			return err_remedy(e, "see whether udev runs with the rules of ceph-common");
		}
		pause_briefly();
	}
}

static int rbd_lock(const struct volume *v, struct err *e)
{
	struct rbd_mapping m;
	autoclose int lock = rbd_attach(v, &m, e);
	struct volume at = at_device(v, &m);
	int r = lock < 0 ? lock : check_alone(v, &m, e);

	if (r == 0)
		r = wait_for_link(v, &m, e);
	/* An open device stays mapped, without the lock of its record. */
	return r < 0 ? r : block_volume_lock(&at, e);
}

static int rbd_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e)
{
	struct rbd_mapping m;
	struct volume at = at_device(v, &m);

	if (!rbd_attached(v, &m))
		return -ENXIO;
	return block_volume_device(&at, ret, e);
}

const struct storage_ops storage_rbd = {
	.type = "rbd",
	.status = rbd_status,
	.root_name = rbd_root_name,
	.disk_name = rbd_disk_name,
	.create = rbd_create,
	.remove = rbd_remove,
	.check_remove = rbd_check_remove,
	.list = rbd_list,
	.list_sizes = rbd_list_sizes,
	.size = rbd_size,
	.grow = rbd_grow,
	.lock = rbd_lock,
	.device = rbd_device,
};
