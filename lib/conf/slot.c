/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options mpN, unusedN, devN, and the settings of rootfs besides volume and size. */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

/* ---- reading ---- */

static int check_owner(const struct conf_volume *v, struct err *e)
{
	if (!v->owner)
		return 0;
	if (v->idmap)
		return err_set(e, EINVAL, NULL, "owner and idmap exclude each other");
	return v->kind == CONF_BIND ? 0 : err_set(e, EINVAL, NULL,
						  "owner is for folders of the host: %s", v->id);
}

/* A volume can be attached only once. */
static int check_unique(const struct conf_file *f, const struct conf_volume *v, struct err *e)
{
	const struct conf *conf = &f->values;

	for (size_t i = 0; i < conf->n_volumes; i++) {
		const struct conf_volume *other = &conf->volumes[i];

		if (str_eq(other->slot, v->slot))
			return err_set(e, EINVAL, NULL, "given twice");
		if (str_eq(other->mount_point, v->mount_point))
			return err_set(e, EINVAL, NULL, "%s is also the mount point of %s",
				       v->mount_point, other->slot);
		if (v->kind == CONF_VOLUME && str_eq(other->id, v->id))
			return err_set(e, EINVAL, NULL, "is also the volume of %s: %s",
				       other->slot, v->id);
	}
	return 0;
}

static int mp_read(struct conf_file *f, const char *slot, char *value, struct err *e)
{
	struct conf *conf = &f->values;
	struct conf_volume v = { .slot = conf_strndup(f, slot, strlen(slot)) };
	int r = conf_slot_parse(f, conf_volume_words, value, false, &v, e);

	if (r == 0 && !v.id)
		r = err_set(e, EINVAL, NULL, "names no volume");
	if (r == 0 && !v.mount_point) {
		err_set(e, EINVAL, NULL, "has no mount point");
		r = err_remedy(e, "add one: mp=/PATH");
	}
	if (r == 0)
		r = check_owner(&v, e);
	if (r == 0)
		r = check_unique(f, &v, e);
	if (r < 0)
		return r;
	conf->volumes = array_grow(conf->volumes, conf->n_volumes, sizeof v);
	conf->volumes[conf->n_volumes++] = v;
	return 0;
}

static int rootfs_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		       struct err *e)
{
	struct conf_volume v = { 0 };
	int r;

	(void)o;
	*(char **)field = value;
	/* A folder or device of the host, which cannot be the root file system yet. */
	if (*value == '/')
		return 0;
	r = conf_slot_parse(f, conf_volume_words, value, true, &v, e);
	if (r == 0 && v.id)
		return err_set(e, EINVAL, NULL, "the volume is the value of pve.volid");
	v.id = f->rootfs.id;
	v.mib = f->rootfs.mib;
	f->rootfs = v;
	return r;
}

static int unused_read(struct conf_file *f, const char *slot, char *value, struct err *e)
{
	struct conf *conf = &f->values;
	int r = conf_volid_check(value, e);

	for (size_t i = 0; i < conf->n_unused && r == 0; i++)
		if (str_eq(conf->unused[i].slot, slot))
			r = err_set(e, EINVAL, NULL, "given twice");
	if (r < 0)
		return r;
	conf->unused = array_grow(conf->unused, conf->n_unused, sizeof *conf->unused);
	conf->unused[conf->n_unused++] = (struct conf_unused){
		conf_strndup(f, slot, strlen(slot)), value };
	return 0;
}

static int dev_read(struct conf_file *f, const char *slot, char *value, struct err *e)
{
	struct conf *conf = &f->values;
	struct conf_device d = { .slot = conf_strndup(f, slot, strlen(slot)), .mode = 0660 };
	int r = conf_slot_parse(f, conf_device_words, value, false, &d, e);

	if (r == 0 && !d.path)
		r = err_set(e, EINVAL, NULL, "names no device");
	for (size_t i = 0; i < conf->n_devices && r == 0; i++)
		if (str_eq(conf->devices[i].slot, slot))
			r = err_set(e, EINVAL, NULL, "given twice");
		else if (str_eq(conf->devices[i].path, d.path))
			r = err_set(e, EINVAL, NULL, "is also the device of %s: %s",
				    conf->devices[i].slot, d.path);
	if (r < 0)
		return r;
	conf->devices = array_grow(conf->devices, conf->n_devices, sizeof d);
	conf->devices[conf->n_devices++] = d;
	return 0;
}

static int compare_places(const void *a, const void *b)
{
	return strcmp(((const struct conf_volume *)a)->mount_point,
		      ((const struct conf_volume *)b)->mount_point);
}

static int add_rootfs(struct conf_file *f, struct err *e)
{
	struct conf *conf = &f->values;

	for (size_t i = 0; i < conf->n_volumes; i++)
		if (str_eq(conf->volumes[i].id, f->rootfs.id)) {
			autofree char *key = xasprintf("pve.%s", conf->volumes[i].slot);

			err_set(e, EINVAL, NULL, "is also the root volume: %s", f->rootfs.id);
			return conf_key_err(f, key, e);
		}
	f->rootfs.slot = conf_strndup(f, "rootfs", 6);
	f->rootfs.mount_point = conf_strndup(f, "/", 1);
	conf->volumes = array_grow(conf->volumes, conf->n_volumes, sizeof f->rootfs);
	conf->volumes[conf->n_volumes++] = f->rootfs;
	return 0;
}

/* A path sorts behind each path that it begins with, so parents come first. */
int conf_volumes_finish(struct conf_file *f, struct err *e)
{
	struct conf *conf = &f->values;
	int r = f->rootfs.id ? add_rootfs(f, e) : 0;

	if (r == 0 && conf->n_volumes)
		qsort(conf->volumes, conf->n_volumes, sizeof *conf->volumes, compare_places);
	return r;
}

const struct conf_volume *conf_volume_find(const struct conf *conf, const char *slot)
{
	for (size_t i = 0; i < conf->n_volumes; i++)
		if (str_eq(conf->volumes[i].slot, slot))
			return &conf->volumes[i];
	return NULL;
}

const struct conf_unused *conf_unused_find(const struct conf *conf, const char *slot)
{
	for (size_t i = 0; i < conf->n_unused; i++)
		if (str_eq(conf->unused[i].slot, slot))
			return &conf->unused[i];
	return NULL;
}

const struct conf_device *conf_device_find(const struct conf *conf, const char *slot)
{
	for (size_t i = 0; i < conf->n_devices; i++)
		if (str_eq(conf->devices[i].slot, slot))
			return &conf->devices[i];
	return NULL;
}

/* ---- writing ---- */

static int mp_encode(const char *value, char **ret, struct err *e)
{
	(void)e;
	*ret = conf_slot_sorted(conf_volume_words, value);
	return 0;
}

static int dev_encode(const char *value, char **ret, struct err *e)
{
	(void)e;
	*ret = conf_slot_sorted(conf_device_words, value);
	return 0;
}

const struct conf_type conf_type_mp = {
	.read_slot = mp_read, .encode = mp_encode,
	.key_help = "Mount point N, 0 to 255, with the words of the option",
};
const struct conf_type conf_type_dev = {
	.read_slot = dev_read, .encode = dev_encode,
	.key_help = "Device N of the host, 0 to 255, with the words of the option",
};
const struct conf_type conf_type_unused = { .read_slot = unused_read };
const struct conf_type conf_type_rootfs = { .read = rootfs_read };

int conf_set_rootfs_words(struct conf_file *f, const char *words, struct err *e)
{
	autofree char *sorted = conf_slot_sorted(conf_volume_words, words);
	int r = conf_put_line(f, "pve.rootfs", *sorted ? sorted : NULL, e);

	if (r < 0)
		err_set_object(e, "rootfs");
	return r;
}

static bool is_named(const struct conf *conf, const char *id)
{
	for (size_t i = 0; i < conf->n_volumes; i++)
		if (str_eq(conf->volumes[i].id, id))
			return true;
	for (size_t i = 0; i < conf->n_unused; i++)
		if (str_eq(conf->unused[i].id, id))
			return true;
	return false;
}

int conf_add_unused(struct conf_file *f, const char *id, char **ret_slot, struct err *e)
{
	for (unsigned n = 0; n <= CONF_MAX_SLOT; n++) {
		autofree char *slot = xasprintf("unused%u", n);
		int r;

		if (conf_unused_find(&f->values, slot))
			continue;
		r = conf_set(f, slot, id, e);
		if (r == 0 && ret_slot)
			*ret_slot = steal(&slot);
		return r;
	}
	err_set(e, ENOSPC, id, "all %u numbers of unusedN are taken", CONF_MAX_SLOT + 1);
	return err_remedy(e, "remove volumes that nobody needs: "
			     "pct set %u --delete unused0 --purge",
			  f->ctid);
}

int conf_keep_volumes(struct conf_file *f, const struct conf *before, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < before->n_volumes && r == 0; i++) {
		const struct conf_volume *v = &before->volumes[i];

		if (v->kind == CONF_VOLUME && !is_named(&f->values, v->id))
			r = conf_add_unused(f, v->id, NULL, e);
	}
	return r;
}

/* Replaces a value of rootfs in a config of Proxmox VE, or of another slot. */
static int put_value(struct conf_file *f, const char *slot, const char *value, struct err *e)
{
	return str_eq(slot, "rootfs") ? conf_pve_put_key(f, slot, value, e)
				      : conf_set(f, slot, value, e);
}

int conf_set_volume_id(struct conf_file *f, const char *slot, const char *id, struct err *e)
{
	autofree char *old = conf_get(f, slot);
	autofree char *sorted = old ? conf_slot_sorted(conf_volume_words, old) : NULL;
	autofree char *new = sorted ? xasprintf("%s%s", id, sorted + strcspn(sorted, ",")) : NULL;

	if (str_eq(slot, "rootfs") && !f->original)
		return conf_put_line(f, "pve.volid", id, e);
	return put_value(f, slot, new ? new : id, e);
}

int conf_set_volume_size(struct conf_file *f, const char *slot, uint64_t mib, struct err *e)
{
	autofree char *old = conf_get(f, slot), *size = conf_size_text(mib);
	autofree char *gib = conf_disksize(mib);
	autostrv char **parts = NULL;
	autobuf out = BUF_INIT;

	if (str_eq(slot, "rootfs") && !f->original)
		return conf_put_line(f, "pve.disksize", gib, e);
	parts = strv_split(old ? old : "", ",");
	for (char **part = parts; *part; part++)
		if (!str_after(*part, "size="))
			buf_addf(&out, "%s%s", out.len ? "," : "", *part);
	buf_addf(&out, ",size=%s", size);
	return put_value(f, slot, out.s, e);
}
