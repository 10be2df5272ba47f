/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts the volumes of a stopped container for root of this host. */
#include <errno.h>
#include <sys/stat.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/transaction.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"

#define LOCK "mounted"

static int put_lock(struct ct *ct, const char *lock, struct err *e)
{
	int r = conf_put_lock(ct->file, lock, e);

	/* The runtime config stays: without the lock, the config is as before. */
	return r < 0 ? r : store()->save(ct->file, e);
}

/* Files of the container belong to users of the host with the same ids. */
static int set_mode(unsigned ctid, mode_t mode, struct err *e)
{
	autofree char *dir = path_runtime_dir(ctid);

	return chmod(dir, mode) < 0 && errno != ENOENT ? err_sys(e, dir, "set the mode") : 0;
}

static int undo(struct ct *ct, struct err *e)
{
	autofree char *target = path_rootfs(ct->ctid);
	int r = mount_undo(target, e);

	/* The mount hook of a start, which is no root of this host, must pass the folder. */
	if (r == 0)
		r = set_mode(ct->ctid, 0755, e);
	return r < 0 ? r : put_lock(ct, NULL, e);
}

static int undo_mount(void *arg, struct err *e)
{
	return undo(arg, e);
}

static int mount_all(struct ct *ct, struct err *e)
{
	const struct conf *conf = conf_values(ct->file);
	autofree char *target = path_rootfs(ct->ctid);
	autostrv char **left = NULL;
	struct transaction t;
	int r;

	transaction_begin(&t, ct);
	transaction_add(&t, undo_mount, ct);
	r = file_mkdirs(target, 0755, e);
	if (r == 0)
		r = put_lock(ct, LOCK, e);
	if (r == 0)
		r = set_mode(ct->ctid, 0700, e);
	if (r == 0)
		r = mount_volumes_on_host(conf_values(ct->file), target, &left, e);
	for (size_t i = 0; r == 0 && i < conf->n_volumes; i++)
		if (conf->volumes[i].kind != CONF_VOLUME)
			ct_note(ct, "%s: %s belongs to this host, and is not mounted",
				conf->volumes[i].slot, conf->volumes[i].id);
	for (char **slot = left; slot && *slot; slot++)
		ct_note(ct,
			"%s: its mount point %s is missing, so it is not mounted; a start makes "
			"the folder",
			*slot, conf_volume_find(conf, *slot)->mount_point);
	return transaction_end(&t, r, e);
}

int ct_mount(struct ct *ct, struct err *e)
{
	autofree char *path = store()->path(ct->ctid);
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r == 0)
		r = ct_require_stopped(ct, e);
	if (r == 0)
		r = volume_check_named(conf_values(ct->file), path, e);
	return r < 0 ? r : mount_all(ct, e);
}

int ct_unmount(struct ct *ct, struct err *e)
{
	const char *lock;
	int r = ct_load(ct, e);

	if (r < 0)
		return r;
	lock = conf_values(ct->file)->lock;
	if (lock && !str_eq(lock, LOCK))
		return ct_check_unlocked(ct, e);
	/* pct unlock may have removed the lock. */
	return lock || !ct_is_running(ct->ctid) ? undo(ct, e) : 0;
}
