/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/volume/new-volumes.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/storage.h"

#define NO_SIZE UINT64_MAX
#define MAX_NAMES 1000 /* of volumes of one container on a storage */

struct new_volume {
	struct volume volume;
	uint64_t mib;
	bool is_made;
};

static bool is_volume_word(const char *word)
{
	return str_after(word, "volume=") || !strchr(word, '=');
}

/* "local:8": a storage, and GiB with a decimal point.  *ret_mib NO_SIZE: no size of a volume. */
static bool read_request(const char *word, char **ret_storage, uint64_t *ret_mib)
{
	const char *named = str_after(word, "volume="), *text = named ? named : word;
	const char *colon = strchr(text, ':');
	autofree char *size = colon ? xasprintf("%sG", colon + 1) : NULL;

	if (*text == '/' || !colon || !colon[1] || colon[1 + strspn(colon + 1, "0123456789.")])
		return false;
	if (!conf_size_parse(size, ret_mib))
		*ret_mib = NO_SIZE;
	*ret_storage = xstrndup(text, (size_t)(colon - text));
	return true;
}

bool new_volume_is_wanted(const char *value)
{
	autostrv char **words = strv_split(value, ",");
	bool wanted = false;

	for (char **word = words; *word; word++) {
		autofree char *storage = NULL;
		uint64_t mib;

		wanted |= is_volume_word(*word) && read_request(*word, &storage, &mib);
	}
	return wanted;
}

bool new_volumes_have(const struct new_volumes *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].volume.id, id))
			return true;
	return false;
}

static bool is_named(const struct new_volumes *list, const struct conf *conf, const char *id)
{
	if (new_volumes_have(list, id))
		return true;
	for (size_t i = 0; i < conf->n_volumes; i++)
		if (str_eq(conf->volumes[i].id, id))
			return true;
	for (size_t i = 0; i < conf->n_unused; i++)
		if (str_eq(conf->unused[i].id, id))
			return true;
	return false;
}

static int choose(const struct new_volumes *list, const struct conf *conf, const char *storage,
		  uint64_t mib, struct volume *ret, struct err *e)
{
	for (unsigned n = 0; n < MAX_NAMES; n++) {
		autofree char *id = NULL;
		int r = volume_disk_id(storage, conf->ctid, mib, n, &id, e);

		if (r < 0)
			return r;
		if (is_named(list, conf, id))
			continue;
		r = volume_find(id, conf->ctid, ret, e);
		if (r < 0)
			return r;
		r = volume_exists(ret, e);
		if (r == 0)
			return 0;
		volume_done(ret);
		if (r < 0)
			return r;
	}
	return err_set(e, EEXIST, storage, "container %u has %d volumes there", conf->ctid,
		       MAX_NAMES);
}

static void add(struct new_volumes *list, struct new_volume new)
{
	list->v = xrealloc(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = new;
}

int new_volumes_choose(struct new_volumes *list, const struct conf *conf, const char *storage,
		       uint64_t mib, const char **ret_id, struct err *e)
{
	struct new_volume new = { .mib = mib };
	int r = choose(list, conf, storage, mib, &new.volume, e);

	if (r < 0)
		return r;
	add(list, new);
	*ret_id = new.volume.id;
	return 0;
}

int new_volumes_add(struct new_volumes *list, const struct conf *conf, const char *value,
		    char **ret_value, struct err *e)
{
	autostrv char **words = strv_split(value, ",");
	struct new_volume new = { .mib = 0 };
	autofree char *size = NULL;
	autobuf out = BUF_INIT;
	int r = 0;

	for (char **word = words; *word && r == 0; word++) {
		autofree char *storage = NULL;

		if (str_after(*word, "size="))
			continue;
		buf_add(&out, out.len ? "," : "");
		if (!new.volume.id && is_volume_word(*word) &&
		    read_request(*word, &storage, &new.mib)) {
			r = new.mib == NO_SIZE ?
				    err_set(e, EINVAL, *word, "a volume cannot have this size") :
				    choose(list, conf, storage, new.mib, &new.volume, e);
			buf_add(&out, r < 0 ? "" : new.volume.id);
		} else {
			buf_add(&out, *word);
		}
	}
	if (r < 0)
		return r;
	size = conf_size_text(new.mib);
	if (new.mib)
		buf_addf(&out, ",size=%s", size);
	add(list, new);
	*ret_value = buf_detach(&out);
	return 0;
}

int new_volumes_reserve(const struct new_volumes *list, const struct conf_file *f, struct err *e)
{
	struct conf_file *copy = conf_copy(f);
	int r = 0;

	for (size_t i = 0; i < list->n && r == 0; i++)
		r = conf_add_unused(copy, list->v[i].volume.id, NULL, e);
	if (r == 0 && list->n)
		r = store()->save(copy, e);
	conf_free(copy);
	return r;
}

int new_volumes_make(struct new_volumes *list, const struct idmap *map, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < list->n && r == 0; i++) {
		r = volume_make(&list->v[i].volume, list->v[i].mib, e);
		list->v[i].is_made = r == 0;
		if (r == 0 && map)
			r = volume_fit(&list->v[i].volume, map, e);
	}
	return r;
}

int new_volumes_undo(void *arg, struct err *e)
{
	struct new_volumes *list = arg;
	int r = 0;

	for (size_t i = list->n; i-- > 0 && r == 0;)
		if (list->v[i].is_made) {
			r = volume_remove(&list->v[i].volume, e);
			list->v[i].is_made = r < 0;
		}
	return r;
}

void new_volumes_done(struct new_volumes *list)
{
	for (size_t i = 0; i < list->n; i++)
		volume_done(&list->v[i].volume);
	free(list->v);
	*list = (struct new_volumes){ 0 };
}
