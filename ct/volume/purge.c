/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes volumes that the config no longer needs. */
#include <errno.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"

/* The volume that an option names; NULL: none. */
static const char *volume_of(const struct conf *conf, const char *option)
{
	const struct conf_volume *v = conf_volume_find(conf, option);
	const struct conf_unused *unused = conf_unused_find(conf, option);

	if (unused)
		return unused->id;
	return v && v->kind == CONF_VOLUME ? v->id : NULL;
}

/* The unusedN of a volume, option if that is one; NULL: none.  The caller frees. */
static char *unused_of(const struct conf *conf, const char *option, const char *id)
{
	const struct conf_unused *own = conf_unused_find(conf, option);

	for (size_t i = 0; i < conf->n_unused && !own; i++)
		if (str_eq(conf->unused[i].id, id))
			own = &conf->unused[i];
	return own ? xstrdup(own->slot) : NULL;
}

/* Whether the volume is that of another line, which may spell its id by another storage. */
static bool is_needed(const struct conf_file *f, const struct volume *v)
{
	const struct conf *conf = conf_values(f);
	bool found = conf_names_volume(f, v->id);

	for (size_t i = 0; i < conf->n_volumes && !found; i++)
		found = volume_is_same(v, conf->volumes[i].id);
	for (size_t i = 0; i < conf->n_unused && !found; i++)
		found = volume_is_same(v, conf->unused[i].id);
	return found;
}

/* Remove a volume, and then its line, so that a killed command leaves a line that names it. */
static int purge_volume(struct ct *ct, struct conf_file *f, const char *option, const char *id,
			struct err *e)
{
	autofree char *slot = unused_of(conf_values(f), option, id);
	struct conf_file *without;
	struct volume v = { 0 };
	int r;

	if (!slot) {
		err_set(e, EBUSY, id, "is in use until the next start");
		return err_remedy(e, "then find it in pct config %u as unusedN, and run pct set %u "
				     "--delete unusedN --purge", ct->ctid, ct->ctid);
	}
	without = conf_copy(f);
	r = conf_unset(without, slot, e);
	if (r == 0)
		r = volume_find(id, ct->ctid, &v, e);
	if (r == 0 && is_needed(without, &v))
		ct_note(ct, "the volume %s stays, as another line of the config names it", id);
	else if (r == 0)
		r = volume_remove(&v, e);
	volume_done(&v);
	conf_free(without);
	return r < 0 ? r : conf_unset(f, slot, e);
}

int ct_purge(struct ct *ct, struct conf_file *f, const struct conf *before, const char *option,
	     struct err *e)
{
	const char *id = volume_of(before, option);
	int r = id ? purge_volume(ct, f, option, id, e) : 0;

	return r < 0 || !id ? r : ct_commit(f, e);
}
