/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/transaction.h"
#include "ct/volume/new-volumes.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/copy.h"
#include "lib/storage/look.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

struct move {
	struct ct *ct;
	const char *slot;
	struct volume from;
	uint64_t mib;
	struct new_volumes new;
	struct volume to;
};

/* ---- checks ---- */

static int find_slot(struct move *m, const char **ret_id, struct err *e)
{
	const struct conf *conf = conf_values(m->ct->file);
	const struct conf_volume *named = conf_volume_find(conf, m->slot);
	const struct conf_unused *unused = conf_unused_find(conf, m->slot);

	if (!named && !unused) {
		err_set(e, ENOENT, m->slot, "the container has no such volume");
		return err_remedy(e, "pct config %u shows its volumes", conf->ctid);
	}
	if (named && named->kind != CONF_VOLUME)
		return err_set(e, EINVAL, m->slot, "%s is of the host, not a volume of a storage",
			       named->id);
	*ret_id = named ? named->id : unused->id;
	return named ? ct_require_stopped(m->ct, e) : 0;
}

static int find_from(struct move *m, struct err *e)
{
	const char *id = NULL;
	uint64_t bytes;
	int r = find_slot(m, &id, e);

	if (r == 0)
		r = volume_find(id, m->ct->ctid, &m->from, e);
	if (r == 0 && m->from.form == VOLUME_TREE) {
		err_set(e, ENOTSUP, id, "is a folder, and pct can only move images");
		return err_remedy(e, "pct create NEWID with a volume of a size, and copy the files "
				  "by pct pull and pct push");
	}
	if (r == 0)
		r = volume_size(&m->from, &bytes, e);
	if (r == 0)
		m->mib = volume_mib(bytes);
	return r;
}

/* The space that its files need; the storage may promise more than it has. */
static int check_room(const struct move *m, struct err *e)
{
	struct storage_status status;
	struct volume_space space;
	int r = storage_prepare(m->to.storage, &status, e);

	if (r == 0)
		r = storage_check_write(m->to.storage, &status, e);
	if (r == 0)
		r = volume_space(&m->from, &space, e);
	if (r < 0 || space.used <= status.available)
		return r;
	err_set(e, ENOSPC, m->to.storage->id,
		"has %" PRIu64 " MiB left, and the files of %s need %" PRIu64 " MiB",
		status.available >> 20, m->from.id, volume_mib(space.used));
	return err_remedy(e, "free some space there, or choose another storage");
}

static int choose(struct move *m, const char *storage, struct err *e)
{
	const char *id = NULL;
	int r;

	if (str_eq(m->from.storage->id, storage))
		return err_set(e, EEXIST, m->slot, "%s is on the storage %s already", m->from.id,
			       storage);
	r = storage_check_ready(storage, e);
	if (r == 0)
		r = new_volumes_choose(&m->new, conf_values(m->ct->file), storage, m->mib, &id, e);
	if (r == 0)
		r = volume_find(id, m->ct->ctid, &m->to, e);
	return r < 0 ? r : check_room(m, e);
}

/* ---- moving ---- */

static int save_before(void *arg, struct err *e)
{
	return store()->save(arg, e);
}

/* From here on, the config names the new volume, too. */
static int reserve(struct move *m, struct err *e)
{
	struct conf_file *locked = conf_copy(m->ct->file);
	int r = conf_put_lock(locked, "disk", e);

	if (r == 0)
		r = new_volumes_reserve(&m->new, locked, e);
	conf_free(locked);
	return r;
}

static int exchange(struct move *m, struct err *e)
{
	int r = conf_set_volume_id(m->ct->file, m->slot, m->to.id, e);

	if (r == 0 && !conf_names_volume(m->ct->file, m->from.id))
		r = conf_add_unused(m->ct->file, m->from.id, NULL, e);
	return r < 0 ? r : ct_commit(m->ct->file, e);
}

static int copy(struct move *m, struct err *e)
{
	struct conf_file *before = conf_copy(m->ct->file);
	struct transaction t;
	int r;

	transaction_begin(&t, m->ct);
	r = reserve(m, e);
	if (r == 0) {
		transaction_add(&t, save_before, before);
		transaction_add(&t, new_volumes_undo, &m->new);
		r = new_volumes_make(&m->new, NULL, e);
	}
	if (r == 0)
		r = volume_copy(&m->from, &m->to, e);
	if (r == 0)
		r = exchange(m, e);
	r = transaction_end(&t, r, e);
	conf_free(before);
	return r;
}

static int remove_old(struct move *m, struct err *e)
{
	const struct conf *conf = conf_values(m->ct->file);
	autofree char *slot = NULL;
	int r = volume_remove(&m->from, e);

	for (size_t i = 0; i < conf->n_unused; i++)
		if (str_eq(conf->unused[i].id, m->from.id))
			slot = xstrdup(conf->unused[i].slot);
	if (r == 0)
		r = conf_unset(m->ct->file, slot, e);
	return r < 0 ? r : ct_commit(m->ct->file, e);
}

int ct_move_volume(struct ct *ct, const char *slot, const char *storage, bool removes_old,
		   char **ret_id, struct err *e)
{
	struct move m = { .ct = ct, .slot = slot };
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r == 0)
		r = find_from(&m, e);
	if (r == 0)
		r = ct_check_lower(ct->file, e);
	if (r == 0)
		r = choose(&m, storage, e);
	if (r == 0)
		r = copy(&m, e);
	if (r == 0)
		*ret_id = xstrdup(m.to.id);
	if (r == 0 && removes_old && remove_old(&m, e) < 0)
		r = err_wrap(e, "%s is on %s now, but the old volume stays", slot, storage);
	new_volumes_done(&m.new);
	volume_done(&m.from);
	volume_done(&m.to);
	return r;
}
