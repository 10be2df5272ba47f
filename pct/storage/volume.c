/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/look.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/notes.h"
#include "pct/storage/storage.h"

#define MAX_NAMES 1000 /* of volumes of one container on a storage */

/* ---- alloc ---- */

/* "8G", "512M"; a bare number is KiB, as for pvesm.  In MiB, rounded up. */
static bool parse_size(const char *text, uint64_t *ret)
{
	autofree char *kib = xasprintf("%sK", text);
	bool bare = text[strspn(text, "0123456789")] == '\0';

	return conf_size_parse(bare ? kib : text, ret);
}

/* The storage's own spelling of the name: "105/x.raw" for x.raw on a storage with folders. */
static int find_named(const char *storage, unsigned ctid, const char *name, struct volume *ret,
		      struct err *e)
{
	autofree char *plain = xasprintf("%s:%s", storage, name);
	autofree char *below = xasprintf("%s:%u/%s", storage, ctid, name);

	return volume_find(below, ctid, ret, NULL) == 0 ? 0 : volume_find(plain, ctid, ret, e);
}

static int find_free(const char *storage, unsigned ctid, uint64_t mib, struct volume *ret,
		     struct err *e)
{
	for (unsigned n = 0; n < MAX_NAMES; n++) {
		autofree char *id = NULL;
		int r = volume_disk_id(storage, ctid, mib, n, &id, e);

		if (r == 0)
			r = volume_find(id, ctid, ret, e);
		if (r < 0)
			return r;
		r = volume_exists(ret, e);
		if (r == 0)
			return 0;
		volume_done(ret);
		if (r < 0)
			return r;
	}
	return err_set(e, EEXIST, storage, "container %u has %d volumes there", ctid, MAX_NAMES);
}

/* The storage chooses the form by the size; name and --format must agree. */
static int check_form(const struct volume *v, const char *storage, unsigned ctid, uint64_t mib,
		      const char *format, struct err *e)
{
	autofree char *id = NULL;
	struct volume usual = { 0 };
	enum volume_form form;
	int r = volume_disk_id(storage, ctid, mib, 0, &id, e);

	if (r == 0)
		r = volume_find(id, ctid, &usual, e);
	/* Where folders have a size, too, the name alone chooses the form. */
	form = mib && usual.form == VOLUME_TREE ? v->form : usual.form;
	volume_done(&usual);
	if (r < 0)
		return r;
	if (form == v->form &&
	    (!format || (form == VOLUME_RAW) == str_eq(format, "raw")))
		return 0;
	err_set(e, EINVAL, v->id, "a volume of this size is %s here",
		form == VOLUME_RAW ? "an image" : "a folder");
	return err_remedy(e, "give the size 0 for a folder, and a size for an image; the name \"\" "
			  "lets the storage choose one");
}

static int alloc(const struct args *args, const struct ct *ct, struct err *e)
{
	const char *storage = args->positional[1], *name = args->positional[3];
	struct volume v = { 0 };
	uint64_t mib = 0;
	int r;

	parse_size(args->positional[4], &mib);
	r = *name ? find_named(storage, ct->ctid, name, &v, e)
		  : find_free(storage, ct->ctid, mib, &v, e);
	if (r == 0)
		r = check_form(&v, storage, ct->ctid, mib, args_option(args, "format"), e);
	if (r == 0)
		r = volume_make(&v, mib, e);
	if (r == 0)
		puts(v.id);
	volume_done(&v);
	return r;
}

int storage_cmd_alloc(const struct args *args, struct err *e)
{
	const char *size = args->positional[4];
	unsigned ctid;
	uint64_t mib;
	struct ct ct;
	int r;

	if (!parse_ctid(args->positional[2], &ctid))
		return args_usage(args, e, "\"%s\" is not a CTID", args->positional[2]);
	if (!parse_size(size, &mib)) {
		err_set(e, ERR_USAGE, NULL, "bad size \"%s\"", size);
		return err_remedy(e, "write it as 8G or 512M; a number alone is KiB");
	}
	r = ct_open(ctid, CT_LOCK, &ct, e);
	if (r == 0)
		r = alloc(args, &ct, e);
	return finish_ct(&ct, r);
}

/* ---- free ---- */

/* The slot of the config that names the volume, maybe by the id of another storage. */
static const char *slot_of(const struct conf *conf, const struct volume *v)
{
	const char *found = NULL;

	for (size_t i = 0; i < conf->n_volumes + conf->n_unused && !found; i++) {
		bool used = i < conf->n_volumes;
		const char *id = used ? conf->volumes[i].id : conf->unused[i - conf->n_volumes].id;

		if (str_eq(id, v->id) || volume_is_same(v, id))
			found = used ? conf->volumes[i].slot
				     : conf->unused[i - conf->n_volumes].slot;
	}
	return found;
}

static int check_unused(const struct ct *ct, const struct volume *v, struct err *e)
{
	const char *slot = ct->file ? slot_of(conf_values(ct->file), v) : NULL;

	if (!slot)
		return 0;
	err_set(e, EBUSY, v->id, "is %s of container %u", slot, ct->ctid);
	return err_remedy(e, "pct set %u --delete %s, or pct destroy %u", ct->ctid, slot, ct->ctid);
}

/* A container that has no config on any node names no volume. */
static int load(struct ct *ct, struct err *e)
{
	autofree char *node = store()->find_node(ct->ctid);
	int r = ct_load(ct, e);

	return r == -ENOENT && !node ? 0 : r;
}

/* -ENOENT: there is no such volume.  Of a raw one, the size tells without attaching it. */
static int check_there(const struct volume *v, struct err *e)
{
	struct volume_owner ignored;
	uint64_t size;
	int r = v->form == VOLUME_RAW ? storage_ops_of(v->ops)->size(v, &size, e)
				      : v->ops->look(v, &ignored, e);

	return r == -ENOENT ? r : 0;
}

static int free_volume(const char *volid, struct err *e)
{
	struct volume v = { 0 };
	struct ct ct = { .lock = -1 };
	unsigned owner;
	int r = volume_find_owner(volid, &owner, &v, e);

	if (r < 0)
		return r;
	r = ct_open(owner, CT_LOCK, &ct, e);
	if (r == 0)
		r = load(&ct, e);
	if (r == 0)
		r = check_unused(&ct, &v, e);
	if (r == 0)
		r = check_there(&v, e);
	if (r == 0)
		r = volume_remove(&v, e);
	volume_done(&v);
	return finish_ct(&ct, r);
}

static int free_file(const char *volid, struct err *e)
{
	autofree char *path = NULL;
	int r = storage_path(volid, &path, e);

	if (r < 0)
		return r;
	if (remove(path) < 0)
		return err_sys(e, path, "remove");
	return file_sync_parent(path, e);
}

int storage_cmd_free(const struct args *args, struct err *e)
{
	const char *volid = args->positional[1];

	return storage_is_file(volid) ? free_file(volid, e) : free_volume(volid, e);
}

int storage_cmd_path(const struct args *args, struct err *e)
{
	autofree char *path = NULL;
	int r = storage_path(args->positional[1], &path, e);

	if (r == 0)
		puts(path);
	return r;
}
