/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the config with what the storages have. */
#include <errno.h>
#include <sys/stat.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/live/in-effect.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

/* Files of the volumes that the config names: a volume may have an id of each of two storages. */
struct named {
	char **paths;
	struct stat *v;
	size_t n;
};

struct scan {
	struct ct *ct;
	struct conf_file *next; /* the config with the changes */
	struct named named;
	char **changes;
};

static void add_named(struct scan *s, const struct volume *v)
{
	struct stat st;

	strv_push(&s->named.paths, v->path);
	if (stat(v->path, &st) < 0)
		return;
	s->named.v = array_grow(s->named.v, s->named.n, sizeof st);
	s->named.v[s->named.n++] = st;
}

static bool is_named(const struct scan *s, const struct volume *v)
{
	struct stat st;

	/* The device of an inactive volume is not there. */
	if (strv_has(s->named.paths, v->path))
		return true;
	if (stat(v->path, &st) < 0)
		return false;
	for (size_t i = 0; i < s->named.n; i++)
		if (s->named.v[i].st_dev == st.st_dev && s->named.v[i].st_ino == st.st_ino)
			return true;
	return false;
}

static void change(struct scan *s, const char *slot, const char *what, const char *was)
{
	autofree char *text = xasprintf("%s: %s%s", slot, what, was);

	strv_push(&s->changes, text);
}

static int correct_size(struct scan *s, const char *slot, uint64_t mib, uint64_t was, struct err *e)
{
	autofree char *size = conf_size_text(mib), *old = conf_size_text(was);
	autofree char *text = xasprintf("size=%s", size);
	autofree char *before = was ? xasprintf(", was size=%s", old) : xstrdup(", had no size");

	if (mib == was)
		return 0;
	change(s, slot, text, before);
	return conf_set_volume_size(s->next, slot, mib, e);
}

/* Look at a volume that a slot names.  *ret_mib 0: it has no size, or is missing. */
static int look(struct scan *s, const char *slot, const char *id, uint64_t *ret_mib, struct err *e)
{
	struct volume v = { 0 };
	uint64_t bytes = 0;
	int r = volume_find(id, s->ct->ctid, &v, e);

	if (r == 0) {
		add_named(s, &v);
		r = volume_size(&v, &bytes, e);
	}
	if (r == -ENOENT)
		ct_note(s->ct, "%s: the volume %s is missing%s%s", slot, id, v.path ? ": " : "",
			v.path ? v.path : "");
	volume_done(&v);
	*ret_mib = r < 0 ? 0 : volume_mib(bytes);
	return r == -ENOENT ? 0 : r;
}

static int look_at_slots(struct scan *s, struct err *e)
{
	const struct conf *conf = conf_values(s->ct->file);
	uint64_t mib;
	int r = 0;

	for (size_t i = 0; i < conf->n_volumes && r == 0; i++) {
		const struct conf_volume *v = &conf->volumes[i];

		if (v->kind != CONF_VOLUME)
			continue;
		r = look(s, v->slot, v->id, &mib, e);
		if (r == 0 && mib)
			r = correct_size(s, v->slot, mib, v->mib, e);
	}
	for (size_t i = 0; i < conf->n_unused && r == 0; i++)
		r = look(s, conf->unused[i].slot, conf->unused[i].id, &mib, e);
	return r;
}

static int adopt(struct scan *s, const char *id, struct err *e)
{
	struct volume v = { 0 };
	int r = volume_find(id, s->ct->ctid, &v, e);

	if (r == 0 && !is_named(s, &v)) {
		add_named(s, &v);
		change(s, "unused", id, ", which the config did not name");
		r = conf_add_unused(s->next, id, NULL, e);
	}
	volume_done(&v);
	return r;
}

static int look_at_storage(struct scan *s, const struct storage *storage, struct err *e)
{
	autostrv char **names = NULL;
	int r = storage_ops_of(storage->ops)->list(storage, s->ct->ctid, &names, e);

	for (char **name = names; r == 0 && name && *name; name++) {
		autofree char *id = xasprintf("%s:%s", storage->id, *name);

		if (!conf_names_volume(s->ct->file, id))
			r = adopt(s, id, e);
	}
	return r;
}

static int scan(struct scan *s, struct err *e)
{
	autostorage struct storage *list = NULL;
	int r = look_at_slots(s, e);

	if (r == 0)
		r = storage_list(&list, e);
	for (const struct storage *at = list; r == 0 && at->id; at++)
		if (at->has_images)
			r = look_at_storage(s, at, e);
	return r;
}

int ct_rescan(struct ct *ct, bool dry, char ***ret, struct err *e)
{
	struct scan s = { .ct = ct };
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r < 0)
		return r;
	s.next = conf_copy(ct->file);
	r = scan(&s, e);
	if (r == 0 && s.changes && !dry)
		r = ct_commit(s.next, e);
	if (r == 0 && s.changes && !dry && ct_is_running(ct->ctid))
		r = in_effect_sizes(s.next, e);
	if (r == 0)
		*ret = steal(&s.changes);
	strv_free(s.changes);
	strv_free(s.named.paths);
	free(s.named.v);
	conf_free(s.next);
	return r;
}
