/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/destroy.h"

#include <errno.h>
#include <unistd.h>

#include "ct/clean.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/runtime/orphan.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

static int remove_tree(const char *path, struct err *e)
{
	return access(path, F_OK) < 0 && errno == ENOENT ? 0 : run_remove_tree(path, e);
}

/* pct puts nothing into the mount point, so it removes it only if it is empty. */
static int remove_runtime(unsigned ctid, struct err *e)
{
	autofree char *dir = path_runtime_dir(ctid), *rootfs = path_rootfs(ctid);

	if (rmdir(rootfs) < 0 && errno != ENOENT) {
		err_sys(e, rootfs, "remove the mount point");
		return err_remedy(e, "remove its contents, or unmount the file system on it");
	}
	return remove_tree(dir, e);
}

int ct_remove_folders(unsigned ctid, struct err *e)
{
	autofree char *run = path_ct_run(ctid);
	int r = remove_runtime(ctid, e);

	if (r == 0)
		r = remove_tree(run, e);
	return r < 0 ? r : store()->remove(ctid, e);
}

static int check_removable(const struct conf *conf, struct err *e)
{
	autofree char *object = xasprintf("container %u", conf->ctid);

	if (conf->protection) {
		err_set(e, EPERM, object, "is protected");
		return err_remedy(e, "to remove the protection: pct set %u --protection 0",
				  conf->ctid);
	}
	if (orphan_refuse(conf->ctid, e) < 0)
		return err_code(e);
	if (ct_is_running(conf->ctid)) {
		err_set(e, EBUSY, object, "is running");
		return err_remedy(e, "stop it first: pct stop %u", conf->ctid);
	}
	return 0;
}

/* Does not stop a protected container, because check_removable() then refuses it. */
static int stop_first(struct ct *ct, struct err *e)
{
	int r;

	if (conf_values(ct->file)->protection || !ct_is_running(ct->ctid))
		return 0;
	r = ct_check_unlocked(ct, e);
	return r < 0 ? r : ct_ensure_stopped(ct, e);
}

/* ---- volumes ---- */

static bool conf_names(const struct conf *conf, const char *id)
{
	for (size_t i = 0; conf && i < conf->n_volumes; i++)
		if (str_eq(conf->volumes[i].id, id))
			return true;
	return false;
}

static bool stays(const struct destroy *how, const char *slot, const char *id)
{
	return (how->keep_volumes && !str_eq(slot, "rootfs")) || conf_names(how->taken, id);
}

/* A volume that pct cannot remove stays, which the user must want and is told. */
static int leave_volume(struct ct *ct, const char *option, const char *why, bool wanted,
			struct err *e)
{
	if (wanted) {
		ct_note(ct, "%s: %s; the volume stays", option, why);
		return 0;
	}
	err_set(e, ENOTSUP, option, "%s", why);
	return err_remedy(e,
			  "to remove the container and leave this volume: pct destroy %u "
			  "--force",
			  ct->ctid);
}

/* Fails for a volume that cannot be removed, since pct cannot use its storage. */
static int find(const char *id, unsigned ctid, struct volume *ret, bool *ret_missing, struct err *e)
{
	uint64_t ignored;
	int r = volume_find(id, ctid, ret, e);

	if (r < 0)
		return r;
	r = volume_size(ret, &ignored, e);
	*ret_missing = r == -ENOENT;
	if (r != -EIO && r != -ENODEV && r != -ETIMEDOUT)
		return 0;
	volume_done(ret);
	return r;
}

static int check_volume(struct ct *ct, const char *slot, const char *id, const struct destroy *how,
			struct err *e)
{
	bool kept = stays(how, slot, id);
	const struct conf *conf = conf_values(ct->file);
	autofree char *why = NULL;
	struct volume v = { 0 };
	bool missing = false;
	struct err cause;
	int r = 0;

	if (find(id, ct->ctid, &v, &missing, &cause) < 0) {
		why = xasprintf("cannot remove the volume %s: %s%s%s", id,
				str_eq(cause.object, id) ? "" : cause.object,
				str_eq(cause.object, id) ? "" : ": ", cause.cause);
		return leave_volume(ct, slot, why, how->force || kept, e);
	}
	/* A killed create may have named its volume only. */
	if (missing && !str_eq(conf->lock, "create"))
		ct_note(ct, "%s: the volume %s was already missing: %s", slot, id, v.path);
	else if (kept)
		ct_note(ct, "%s: the volume %s stays", slot, id);
	else if (!missing)
		r = volume_check_remove(&v, e);
	volume_done(&v);
	return r;
}

static int check_volumes(struct ct *ct, const struct conf *conf, const struct destroy *how,
			 struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < conf->n_volumes && r == 0; i++)
		if (conf->volumes[i].kind == CONF_VOLUME)
			r = check_volume(ct, conf->volumes[i].slot, conf->volumes[i].id, how, e);
	for (size_t i = 0; i < conf->n_unused && r == 0; i++)
		r = check_volume(ct, conf->unused[i].slot, conf->unused[i].id, how, e);
	return r;
}

/* check_volumes() has told of those that cannot be found. */
static int remove_volume(const char *slot, const char *id, unsigned ctid, const struct destroy *how,
			 struct err *e)
{
	struct volume v = { 0 };
	bool ignored;
	int r = 0;

	if (!stays(how, slot, id) && find(id, ctid, &v, &ignored, NULL) == 0)
		r = volume_remove(&v, e);
	volume_done(&v);
	return r;
}

/* The root volume last: a container that lacks it cannot start by mistake. */
static int remove_volumes(const struct conf *conf, const struct destroy *how, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < conf->n_unused && r == 0; i++)
		r = remove_volume(conf->unused[i].slot, conf->unused[i].id, conf->ctid, how, e);
	for (size_t i = conf->n_volumes; i-- > 0 && r == 0;)
		if (conf->volumes[i].kind == CONF_VOLUME)
			r = remove_volume(conf->volumes[i].slot, conf->volumes[i].id, conf->ctid,
					  how, e);
	return r;
}

/* The config with its pending changes also names the volumes that were made for these. */
static int remove_all(struct ct *ct, const struct destroy *how, struct err *e)
{
	struct conf_file *merged = conf_copy(ct->file);
	struct err cause;
	int r;

	if (conf_pending_merge(merged, &cause) < 0)
		ct_note(ct, "%s: %s; volumes that only pending changes name stay", cause.object,
			cause.cause);
	r = check_volumes(ct, conf_values(merged), how, e);
	if (r == 0)
		r = ct_clean(ct->ctid, e);
	if (r == 0)
		r = remove_volumes(conf_values(merged), how, e);
	conf_free(merged);
	return r < 0 ? r : ct_remove_folders(ct->ctid, e);
}

int ct_destroy(struct ct *ct, const struct destroy *how, struct err *e)
{
	const struct conf *conf;
	int r = ct_load(ct, e);

	if (r == 0 && how->force)
		r = stop_first(ct, e);
	if (r < 0)
		return r;
	conf = conf_values(ct->file);
	r = check_removable(conf, e);
	if (r == 0 && !str_eq(conf->lock, "create"))
		r = ct_check_unlocked(ct, e);
	return r < 0 ? r : remove_all(ct, how, e);
}
