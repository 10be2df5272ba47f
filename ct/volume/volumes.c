/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/volume/volumes.h"

#include <errno.h>
#include <stdlib.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/live/in-effect.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

#define MIB (UINT64_C(1) << 20)

static int err_no_slot(const struct conf *conf, const char *slot, struct err *e)
{
	autobuf slots = BUF_INIT;

	for (size_t i = 0; i < conf->n_volumes; i++)
		buf_addf(&slots, "%s%s", i ? ", " : "", conf->volumes[i].slot);
	err_set(e, ENOENT, slot, "container %u has no such volume", conf->ctid);
	return slots.len ? err_remedy(e, "it has %s", buf_str(&slots)) : err_code(e);
}

static bool is_raw(const struct volume *v)
{
	return v->form == VOLUME_RAW;
}

/* Find a volume that fits the operation, which is for messages: "resize". */
static int find(const struct conf *conf, const char *slot, const char *operation,
		bool (*fits)(const struct volume *v), struct volume *ret, struct err *e)
{
	const struct conf_volume *named = conf_volume_find(conf, slot);
	struct volume v = { 0 };
	int r;

	if (!named)
		return err_no_slot(conf, slot, e);
	if (named->kind != CONF_VOLUME)
		return err_set(e, EINVAL, slot,
			       "cannot %s %s: it is a folder or device of this "
			       "host, not a volume of a storage",
			       operation, named->id);
	r = volume_find(named->id, conf->ctid, &v, e);
	if (r == 0 && !fits(&v))
		r = err_set(e, ENOTSUP, slot,
			    "cannot %s %s: it is a folder, without a %sfile system of its own",
			    operation, named->id, fits == is_raw ? "" : "size and a ");
	if (r < 0)
		volume_done(&v);
	else
		*ret = v;
	return r;
}

/* ---- size ---- */

static int save_size(struct ct *ct, const char *slot, const struct volume *v, struct err *e)
{
	uint64_t bytes;
	int r = volume_size(v, &bytes, e);

	if (r == 0 && volume_mib(bytes) == conf_volume_find(conf_values(ct->file), slot)->mib)
		return 0;
	if (r == 0)
		r = conf_set_volume_size(ct->file, slot, volume_mib(bytes), e);
	if (r == 0)
		r = ct_commit(ct->file, e);
	if (r == 0 && ct_is_running(ct->ctid))
		r = in_effect_sizes(ct->file, e);
	if (r == 0)
		return 0;
	err_wrap(e, "%s grew, but the config has its old size", slot);
	return err_remedy(e, "pct rescan --vmid %u corrects the config", ct->ctid);
}

static int advise_resize(const struct ct *ct, const char *slot, int r, struct err *e)
{
	if (r == -EUCLEAN)
		return err_remedy(e, "pct fsck %u --device %s --force repairs it, as far as it can",
				  ct->ctid, slot);
	if (r == -EPERM)
		return err_remedy(e, "stop the container first: pct shutdown %u", ct->ctid);
	return r;
}

static int grow(struct ct *ct, const char *slot, const struct volume *v, bool adds, uint64_t mib,
		struct err *e)
{
	struct err ignored;
	uint64_t before, wanted;
	int r = volume_size(v, &before, e);

	if (r < 0)
		return r;
	wanted = mib * MIB + (adds ? before : 0);
	if (mib > VOLUME_MAX_MIB || volume_mib(wanted) > VOLUME_MAX_MIB)
		return err_set(e, EFBIG, slot, "a volume cannot be so large");
	if (wanted < before) {
		err_set(e, EINVAL, slot, "has %llu MiB already, and a volume cannot shrink",
			(unsigned long long)volume_mib(before));
		return err_remedy(e, "+SIZE adds to the size");
	}
	/* A signal ends the check of the file system, which is a program; the growth goes on. */
	interrupt_note();
	r = advise_resize(ct, slot, volume_grow(v, wanted, e), e);
	if (r == 0)
		return save_size(ct, slot, v, e);
	if (save_size(ct, slot, v, &ignored) < 0)
		ct_note(ct, "%s: %s", slot, ignored.cause);
	return r;
}

int ct_resize(struct ct *ct, const char *slot, bool adds, uint64_t mib, struct err *e)
{
	struct volume v = { 0 };
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r == 0)
		r = find(conf_values(ct->file), slot, "resize", volume_has_size, &v, e);
	/* Before the volume changes: a config that cannot be lowered could not be saved. */
	if (r == 0)
		r = ct_check_lower(ct->file, e);
	if (r == 0)
		r = grow(ct, slot, &v, adds, mib, e);
	volume_done(&v);
	return r;
}

/* ---- file system ---- */

int ct_fsck(struct ct *ct, const char *slot, bool all, struct fsck *ret, struct err *e)
{
	struct volume v = { 0 };
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r == 0)
		r = find(conf_values(ct->file), slot, "check", is_raw, &v, e);
	if (r == 0)
		r = ct_require_stopped(ct, e);
	if (r == 0)
		r = volume_fsck(&v, all, ret, e);
	volume_done(&v);
	return r;
}

/* ---- all volumes ---- */

void ct_volumes_done(struct ct_volumes *volumes)
{
	for (size_t i = 0; i < volumes->n; i++) {
		free(volumes->v[i].slot);
		free(volumes->v[i].id);
		free(volumes->v[i].mount_point);
	}
	free(volumes->v);
	*volumes = (struct ct_volumes){ 0 };
}

struct visit {
	bool (*fits)(const struct volume *v);
	int (*fn)(const struct volume *v, struct ct_volume *row, struct err *e);
};

static void visit(struct ct *ct, const struct conf_volume *named, const struct visit *how,
		  struct ct_volume *row)
{
	struct volume v = { 0 };
	struct err e = { 0 };
	int r;

	row->result = CT_VOLUME_FOREIGN;
	if (named->kind != CONF_VOLUME)
		return;
	r = volume_find(named->id, ct->ctid, &v, &e);
	row->result = r == 0 && how->fits(&v) ? CT_VOLUME_KNOWN : CT_VOLUME_TREE;
	if (row->result == CT_VOLUME_KNOWN)
		r = how->fn(&v, row, &e);
	volume_done(&v);
	if (r == 0)
		return;
	row->result = CT_VOLUME_FAILED;
	ct_note(ct, "%s: %s%s%s%s%s", named->slot, e.object, *e.object ? ": " : "", e.cause,
		*e.remedy ? "; " : "", e.remedy);
}

static int visit_all(struct ct *ct, const struct visit *how, bool only_root, struct ct_volumes *ret,
		     struct err *e)
{
	const struct conf *conf;
	int r = ct_load(ct, e);

	if (r < 0)
		return r;
	conf = conf_values(ct->file);
	*ret = (struct ct_volumes){ xcalloc(conf->n_volumes, sizeof *ret->v), conf->n_volumes };
	for (size_t i = 0; i < conf->n_volumes; i++) {
		const struct conf_volume *named = &conf->volumes[i];

		ret->v[i] = (struct ct_volume){ .slot = xstrdup(named->slot),
						.id = xstrdup(named->id),
						.mount_point = xstrdup(named->mount_point),
						.result = CT_VOLUME_SKIPPED };
		if (!only_root || str_eq(named->slot, "rootfs"))
			visit(ct, named, how, &ret->v[i]);
	}
	return 0;
}

static int look(const struct volume *v, struct ct_volume *row, struct err *e)
{
	struct volume_space space;
	int r = volume_space(v, &space, e);

	if (r < 0)
		return r;
	row->size = space.size;
	row->used = space.used;
	row->available = space.available;
	return 0;
}

int ct_df(struct ct *ct, struct ct_volumes *ret, struct err *e)
{
	return visit_all(ct, &(struct visit){ volume_has_size, look }, false, ret, e);
}

static int trim(const struct volume *v, struct ct_volume *row, struct err *e)
{
	return volume_trim(v, &row->trimmed, e);
}

int ct_fstrim(struct ct *ct, bool only_root, struct ct_volumes *ret, struct err *e)
{
	return visit_all(ct, &(struct visit){ is_raw, trim }, only_root, ret, e);
}
