/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage type lvmthin: a volume is a thin logical volume, whose space comes from a pool when
 * it is written.  In a full pool, writes of all volumes wait for a minute, and then fail.  A volume
 * id is STORAGE:vm-CTID-disk-N.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/thin-pool.h"
#include "lib/storage/type/lvm-volume.h"

/* ---- mounting ---- */

static int err_pool(const struct storage *s, const char *cause, struct err *e)
{
	err_set(e, EIO, s->id, "the thin pool %s/%s %s", s->vgname, s->thinpool, cause);
	return err_remedy(e, "see lvs -a %s; lvextend gives it space, lvconvert --repair mends it",
			  s->vgname);
}

/* Asks the kernel: at a start, a program takes too long.  An inactive pool tells nothing. */
static int check_pool(const struct storage *s, struct err *e)
{
	switch (thin_pool_state(s->vgname, s->thinpool)) {
	case THIN_POOL_FULL:
		return err_pool(s, "is full", e);
	case THIN_POOL_READ_ONLY:
		return err_pool(s, "is read-only", e);
	case THIN_POOL_FAILED:
		return err_pool(s, "needs repair", e);
	default:
		return 0;
	}
}

static int lvmthin_look(const struct volume *v, struct volume_owner *ret, struct err *e)
{
	int r = check_pool(v->storage, e);

	return r < 0 ? r : lvm_look(v, ret, e);
}

static int lvmthin_mount(const struct volume *v, unsigned flags, struct err *e)
{
	int r = check_pool(v->storage, e);

	return r < 0 ? r : lvm_mount(v, flags, e);
}

const struct volume_ops volume_lvmthin = {
	.type = "lvmthin",
	.required = "vgname thinpool",
	.locate = lvm_locate,
	.look = lvmthin_look,
	.mount = lvmthin_mount,
};

/* ---- status ---- */

/* "12.34", of a pool that is not active "". */
static double percent(const char *s)
{
	return strtod(s, NULL);
}

static void warn(struct storage_status *status, const struct storage *s, const char *health,
		 double metadata)
{
	if (*health)
		snprintf(status->warning, sizeof status->warning, "the thin pool is %s", health);
	else if (metadata >= 80)
		snprintf(status->warning, sizeof status->warning,
			 "the metadata of the thin pool is %.0f %% full", metadata);
	else
		return;
	snprintf(status->remedy, sizeof status->remedy, "lvs -a %.50s", s->vgname);
}

static int lvmthin_status(const struct storage *s, struct storage_status *ret, struct err *e)
{
	autofree char *pool = xasprintf("%s/%s", s->vgname, s->thinpool);
	static const char fields[] = "lv_size,data_percent,metadata_percent,lv_health_status,"
				     "lv_attr";
	const char *const lvs[] = { "lvs", LVM_REPORT, "-o", fields, pool, NULL };
	struct storage_status status = { .on = "LVM thin", .can = STORAGE_CAN_IMAGES };
	autostrv char **words = NULL;

	if (lvm_ask(lvs, &words, e) < 0)
		return lvm_err_group(s, e);
	if (strv_len(words) != 5 || !parse_uint(words[0], 0, INT64_MAX, &status.size) ||
	    words[4][0] != 't')
		return err_set(e, EINVAL, s->id, "%s is not a thin pool", pool);
	status.used = (uint64_t)((double)status.size * percent(words[1]) / 100);
	if (status.used > status.size)
		status.used = status.size;
	status.available = status.size - status.used;
	status.can |= str_eq(words[3], "") ? STORAGE_CAN_WRITE : 0;
	warn(&status, s, words[3], percent(words[2]));
	*ret = status;
	return 0;
}

/* ---- creating ---- */

/* Room for the tables of a file system, at least. */
#define LEAST_ROOM (UINT64_C(64) << 20)

static int lvmthin_create(const struct volume *v, uint64_t mib, struct err *e)
{
	const struct storage *s = v->storage;
	autofree char *size = xasprintf("%llum", (unsigned long long)mib);
	autofree char *pool = xasprintf("%s/%s", s->vgname, s->thinpool);
	const char *const lvcreate[] = { "lvcreate", "-y", "-V", size, "-n",
					 strrchr(v->path, '/') + 1, "--thinpool", pool, NULL };
	struct storage_status status;
	int r = lvmthin_status(s, &status, e);

	if (r == 0)
		r = lvm_check_new(v, e);
	if (r == 0)
		r = check_pool(s, e);
	if (r == 0)
		r = lvm_check_room(v, status.available, LEAST_ROOM, e);
	return r < 0 ? r : lvm_create(v, lvcreate, true, e);
}

const struct storage_ops storage_lvmthin = {
	.type = "lvmthin",
	.status = lvmthin_status,
	.root_name = lvm_root_name,
	.disk_name = lvm_disk_name,
	.create = lvmthin_create,
	.remove = lvm_remove,
	.list = lvm_list,
	.size = lvm_size,
	.grow = lvm_grow,
	.lock = lvm_lock,
	.device = lvm_device,
};
