/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/storage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/idmap.h"
#include "lib/storage/host-source.h"
#include "lib/storage/mount-ids.h"
#include "lib/storage/mount.h"
#include "lib/storage/shift.h"

static const struct storage_ops *const storage_types[] = {
	&storage_btrfs,
	&storage_dir,
	&storage_lvm,
	&storage_lvmthin,
	&storage_rbd,
	&storage_zfspool,
};

const struct storage_ops *storage_ops_of(const struct volume_ops *light)
{
	for (size_t i = 0; i < ARRAY_SIZE(storage_types); i++)
		if (str_eq(storage_types[i]->type, light->type))
			return storage_types[i];
	abort();
}

/* ---- storages ---- */

static int err_not_usable(const struct storage *s, struct err *e)
{
	autofree char *types = storage_type_names(", ");

	switch (s->use) {
	case STORAGE_DISABLED:
		err_set(e, ENOTSUP, s->id, "the storage is disabled");
		return err_remedy(e, "pct storage set %s --disable 0", s->id);
	case STORAGE_OTHER_NODE:
		err_set(e, ENOTSUP, s->id, "the storage is only for the nodes %s", s->nodes);
		return err_remedy(e, "add this node: pct storage set %s --nodes NODE,...", s->id);
	default:
		err_set(e, ENOTSUP, s->id,
			"the storage has the type %s, which pct does not support", s->type);
		return err_remedy(e, "pct supports the types %s", types);
	}
}

int storage_find(const struct storage *list, const char *id, const struct storage **ret,
		 struct err *e)
{
	autostorage struct storage *all = NULL;

	for (; list->id; list++)
		if (str_eq(list->id, id)) {
			*ret = list;
			return 0;
		}
	(void)!storage_list_all(&all, NULL);
	for (const struct storage *s = all; s && s->id; s++)
		if (str_eq(s->id, id))
			return err_not_usable(s, e);
	err_set(e, ENOENT, id, "there is no such storage");
	return err_remedy(e, "pct storage list shows the storages");
}

static int check_mounted(const struct storage *s, struct err *e)
{
	const char *point = *s->is_mountpoint == '/' ? s->is_mountpoint : s->path;

	if (mount_is_point(point))
		return 0;
	err_set(e, ENOENT, s->id, "the storage is offline: nothing is mounted on %s", point);
	return err_remedy(e,
			  "mount it; or if it is not a mount point: pct storage set %s "
			  "--is_mountpoint 0",
			  s->id);
}

int storage_check_path(const struct storage *s, struct err *e)
{
	bool make = storage_flag(s->mkdir, true) && storage_flag(s->create_base_path, true);
	const char *key = storage_flag(s->mkdir, true) ? "create-base-path" : "mkdir";

	if (s->path && s->is_mountpoint && storage_flag(s->is_mountpoint, true) &&
	    check_mounted(s, e) < 0)
		return err_code(e);
	if (!s->path || make || access(s->path, F_OK) == 0)
		return 0;
	err_sys(e, s->id, "find the folder %s", s->path);
	return err_remedy(e, "make it, or let pct make it: pct storage set %s --%s 1", s->id, key);
}

int storage_default(char **ret, struct err *e)
{
	autostorage struct storage *list = NULL;
	const struct storage *found = NULL;
	int r = storage_list(&list, e);

	if (r < 0)
		return r;
	for (const struct storage *s = list; s->id; s++)
		if (s->has_images && (!found || str_eq(s->id, "local")))
			found = s;
	if (!found) {
		err_set(e, ENOENT, "storage", "there is none for containers");
		return err_remedy(e, "make one: pct storage add dir NAME --path DIR --content "
				  "rootdir");
	}
	*ret = xstrdup(found->id);
	return 0;
}

/* *list NULL: it is read, once for all volumes of a container. */
static int find_images(const char *storage, struct storage **list, const struct storage **ret,
		       struct err *e)
{
	int r = *list ? 0 : storage_list(list, e);

	if (r < 0)
		return r;
	r = storage_find(*list, storage, ret, e);
	if (r < 0)
		return r;
	if ((*ret)->has_images)
		return storage_check_path(*ret, e);
	err_set(e, EINVAL, storage, "is not a storage for containers");
	return err_remedy(e, "add rootdir to its content: pct storage set %s --content %s,rootdir",
			  storage, (*ret)->content);
}

int storage_check(const char *id, struct err *e)
{
	autostorage struct storage *list = NULL;
	const struct storage *ignored;

	return find_images(id, &list, &ignored, e);
}

/* ---- volumes ---- */

void volume_done(struct volume *v)
{
	free(v->id);
	free(v->path);
	storage_list_free(v->storage);
	*v = (struct volume){ 0 };
}

static int bad_volid(const char *volid, struct err *e)
{
	if (*volid == '/') {
		err_set(e, EINVAL, volid, "is a path of the host, not a volume id");
		return err_remedy(e, "copy the folder or device to a storage of type dir");
	}
	if (str_ends_with(volid, ".qcow2") || str_ends_with(volid, ".vmdk")) {
		err_set(e, EINVAL, volid, "is not a raw image");
		return err_remedy(e, "convert it: qemu-img convert -O raw IMAGE NAME.raw");
	}
	if (strstr(volid, "/base-") || strstr(volid, ":base-")) {
		err_set(e, EINVAL, volid, "is a linked clone, which pct does not support");
		return err_remedy(e, "make a full clone of it, and use that");
	}
	err_set(e, EINVAL, volid, "is not a volume id");
	return err_remedy(e, "write it as local:105/vm-105-rootfs.raw or "
			  "local:105/subvol-105-rootfs.subvol");
}

static int find_in(struct storage **list, const char *volid, unsigned *ret_owner,
		   struct volume *ret, struct err *e)
{
	autofree char *storage = xstrdup(volid);
	char *colon = strchr(storage, ':');
	const struct storage *s = NULL;
	struct volume v = { 0 };
	int r;

	if (!colon)
		return bad_volid(volid, e);
	*colon = '\0';
	if (!storage_name_valid(storage))
		return bad_volid(volid, e);
	r = find_images(storage, list, &s, e);
	if (r < 0)
		return r;
	if (!s->ops->locate(s, colon + 1, ret_owner, &v))
		return bad_volid(volid, e);
	v.id = xstrdup(volid);
	v.storage = storage_copy(s);
	*ret = v;
	return 0;
}

int volume_find_owner(const char *volid, unsigned *ret_owner, struct volume *ret, struct err *e)
{
	autostorage struct storage *list = NULL;

	return find_in(&list, volid, ret_owner, ret, e);
}

int volume_find_in(struct storage **list, const char *volid, unsigned ctid, struct volume *ret,
		   struct err *e)
{
	struct volume v;
	unsigned owner;
	int r = find_in(list, volid, &owner, &v, e);

	if (r < 0)
		return r;
	if (ctid && owner != ctid) {
		volume_done(&v);
		return err_set(e, EINVAL, volid, "belongs to container %u, not to %u", owner, ctid);
	}
	*ret = v;
	return 0;
}

int volume_find(const char *volid, unsigned ctid, struct volume *ret, struct err *e)
{
	autostorage struct storage *list = NULL;

	return volume_find_in(&list, volid, ctid, ret, e);
}

int volume_exists(const struct volume *v, struct err *e)
{
	struct volume_owner ignored;
	int r = v->ops->look(v, &ignored, e);

	if (r == -ENOENT)
		return 0;
	/* -EPERM: others can enter the folder of the container's volumes. */
	return r == -EPERM || r == -ENODEV || r == -EHOSTUNREACH ? r : 1;
}

bool volume_is_same(const struct volume *v, const char *id)
{
	struct volume other = { 0 };
	struct stat a, b;
	bool same = volume_find(id, 0, &other, NULL) == 0 &&
		    (str_eq(v->path, other.path) ||
		     (stat(v->path, &a) == 0 && stat(other.path, &b) == 0 &&
		      a.st_dev == b.st_dev && a.st_ino == b.st_ino));

	volume_done(&other);
	return same;
}

/* name: by the type; NULL if it has no such form. */
static int make_id(const struct storage *s, char *name, char **ret, struct err *e)
{
	autofree char *given = name;

	if (!given) {
		err_set(e, ENOTSUP, s->id, "a storage of type %s has no folders", s->type);
		return err_remedy(e, "give a size, as in %s:8", s->id);
	}
	*ret = xasprintf("%s:%s", s->id, given);
	return 0;
}

int volume_root_id(const char *storage, unsigned ctid, uint64_t mib, char **ret, struct err *e)
{
	autostorage struct storage *list = NULL;
	const struct storage *s = NULL;
	int r = find_images(storage, &list, &s, e);

	return r < 0 ? r : make_id(s, storage_ops_of(s->ops)->root_name(s, ctid, mib), ret, e);
}

int volume_disk_id(const char *storage, unsigned ctid, uint64_t mib, unsigned n, char **ret,
		   struct err *e)
{
	autostorage struct storage *list = NULL;
	const struct storage *s = NULL;
	int r = find_images(storage, &list, &s, e);

	return r < 0 ? r : make_id(s, storage_ops_of(s->ops)->disk_name(s, ctid, mib, n), ret, e);
}

int volume_make(const struct volume *v, uint64_t mib, struct err *e)
{
	if (mib > VOLUME_MAX_MIB)
		return err_set(e, EINVAL, v->id, "a volume of %llu MiB is too large",
			       (unsigned long long)mib);
	return storage_ops_of(v->ops)->create(v, mib, e);
}

int volume_create(const char *storage, unsigned ctid, uint64_t mib, struct volume *ret,
		  struct err *e)
{
	autofree char *id = NULL;
	struct volume v = { 0 };
	int r = volume_root_id(storage, ctid, mib, &id, e);

	if (r == 0)
		r = volume_find(id, ctid, &v, e);
	if (r == 0)
		r = volume_make(&v, mib, e);
	if (r < 0)
		volume_done(&v);
	else
		*ret = v;
	return r;
}

bool volume_has_size(const struct volume *v)
{
	return v->form == VOLUME_RAW || storage_ops_of(v->ops)->limits_folders;
}

int volume_check_remove(const struct volume *v, struct err *e)
{
	const struct storage_ops *ops = storage_ops_of(v->ops);

	return ops->check_remove ? ops->check_remove(v, e) : 0;
}

int volume_remove(const struct volume *v, struct err *e)
{
	return storage_ops_of(v->ops)->remove(v, e);
}

/* ---- the volumes of a config ---- */

int volume_check_named(const struct conf *conf, const char *path, struct err *e)
{
	if (conf_volume_find(conf, "rootfs"))
		return 0;
	err_set(e, ENOENT, path, "%s is missing: the container has no root volume",
		conf->is_pve ? "rootfs" : "pve.volid");
	if (!conf->ctid)
		return err_code(e);
	return err_remedy(e, "name the volume, as in %s local:%u/vm-%u-disk-0.raw",
			  conf->is_pve ? "rootfs:" : "pve.volid =", conf->ctid, conf->ctid);
}

static int check_volume(const struct conf *conf, const struct idmap *map,
			const struct conf_volume *slot, const struct volume *v, struct err *e)
{
	struct volume_owner owner;
	struct idmap own;
	bool shifted = false, needed;
	int r = v->ops->look(v, &owner, e);

	if (r == 0 && !slot->idmap && (map || !conf->mapped))
		r = shift_find(conf, map, v->path, &owner, &shifted, e);
	if (r == 0 && map)
		r = mount_ids(slot, map, !shifted, &own, &needed, e);
	if (r == 0 && map && needed && v->ops->check_hidden)
		r = v->ops->check_hidden(v, e);
	return r == -EACCES ? 0 : r;
}

int volume_check_slot(const struct conf *conf, const struct conf_volume *slot, struct err *e)
{
	struct idmap map, own;
	/* An invalid map is another error, which others find. */
	bool has_map = conf->mapped && conf_idmap(conf, &map, NULL) == 0, needed;
	struct volume v = { 0 };
	int r = volume_check_words(conf, slot, e);

	if (r == 0 && slot->kind != CONF_VOLUME) {
		r = host_source_look(slot, e);
		if (r == 0 && has_map)
			r = mount_ids(slot, &map, false, &own, &needed, e);
		return r == -EACCES ? 0 : r;
	}
	if (r == 0)
		r = volume_find(slot->id, conf->ctid, &v, e);
	if (r == 0)
		r = check_volume(conf, has_map ? &map : NULL, slot, &v, e);
	volume_done(&v);
	return r;
}

unsigned volume_flags_of(const struct conf_volume *v)
{
	return (v->options & CONF_MOUNT_DISCARD ? VOLUME_DISCARD : 0) |
	       (v->options & CONF_MOUNT_LAZYTIME ? VOLUME_LAZYTIME : 0) |
	       (v->acl == CONF_ACL_ON ? VOLUME_ACL : 0) |
	       (v->acl == CONF_ACL_OFF ? VOLUME_NO_ACL : 0) | (v->quota ? VOLUME_QUOTA : 0);
}
