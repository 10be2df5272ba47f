/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/lvm-volume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/storage/mkfs.h"
#include "lib/storage/type/block-volume.h"

#define MAX_OUTPUT (16 * 1024 * 1024)

/* ---- volume ids ---- */

bool lvm_locate(const struct storage *s, const char *name, unsigned *ret_owner, struct volume *ret)
{
	const char *rest = str_after(name, "vm-");
	size_t digits;
	autofree char *owner = NULL;

	if (!rest)
		rest = str_after(name, "base-");
	if (!rest || !storage_file_valid(name))
		return false;
	digits = strcspn(rest, "-");
	owner = xstrndup(rest, digits);
	if (!rest[digits] || !rest[digits + 1] || !parse_ctid(owner, ret_owner))
		return false;
	*ret = (struct volume){ .ops = s->ops, .form = VOLUME_RAW,
				.path = xasprintf("/dev/%s/%s", s->vgname, name) };
	return true;
}

char *lvm_root_name(const struct storage *s, unsigned ctid, uint64_t mib)
{
	(void)s;
	return mib ? xasprintf("vm-%u-disk-0", ctid) : NULL;
}

char *lvm_disk_name(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n)
{
	(void)s;
	return mib ? xasprintf("vm-%u-disk-%u", ctid, n + 1) : NULL; /* 0 is the root volume */
}

char *lvm_name(const struct volume *v)
{
	return xasprintf("%s/%s", v->storage->vgname, strrchr(v->path, '/') + 1);
}

/* ---- mounting ---- */

/*
 * The device of an inactive volume is not there.  The groups that a Proxmox VE host made mark
 * snapshots and templates to be skipped: -K.
 */
static int activate(const struct volume *v, struct err *e)
{
	autofree char *name = lvm_name(v);
	const char *const lvchange[] = { "lvchange", "-ay", "-K", name, NULL };

	if (access(v->path, F_OK) == 0)
		return 0;
	if (run_program(lvchange, e) < 0) {
		err_wrap(e, "%s", v->id);
		return err_remedy(e, "lvs %s shows the volumes of the group", v->storage->vgname);
	}
	return 0;
}

int lvm_look(const struct volume *v, struct volume_owner *ret, struct err *e)
{
	int r = activate(v, e);

	return r < 0 ? r : block_volume_look(v, ret, e);
}

int lvm_mount(const struct volume *v, unsigned flags, struct err *e)
{
	int r = activate(v, e);

	return r < 0 ? r : block_volume_mount(v, flags, e);
}

/* ---- listing ---- */

/* The lines that a command prints, without the blanks before them. */
static int lines_of(const char *const argv[], char ***ret, struct err *e)
{
	autofree char *out = NULL;
	autostrv char **lines = NULL;
	char **stripped = NULL;
	int r = run_program_output(argv, MAX_OUTPUT, &out, e);

	if (r < 0)
		return r;
	lines = strv_split(out, "\n");
	for (char **line = lines; line && *line; line++)
		strv_push(&stripped, *line + strspn(*line, " "));
	*ret = stripped;
	return 0;
}

/* The fields of a line, also empty ones. */
static char **fields_of(const char *line)
{
	char **fields = NULL;

	for (const char *next = line; next; line = next + 1) {
		autofree char *field = NULL;

		next = strchr(line, '\t');
		field = next ? xstrndup(line, (size_t)(next - line)) : xstrdup(line);
		strv_push(&fields, field);
	}
	return fields;
}

int lvm_ask(const char *const argv[], char ***ret, struct err *e)
{
	autostrv char **lines = NULL;
	int r = lines_of(argv, &lines, e);

	if (r == 0)
		*ret = fields_of(lines ? *lines : "");
	return r;
}

int lvm_err_group(const struct storage *s, struct err *e)
{
	err_wrap(e, "%s", s->id);
	return err_remedy(e, "vgs shows the groups; is the disk of %s attached?", s->vgname);
}

/* Lines of "NAME<tab>POOL", where the pool is empty for a volume of the type lvm. */
static int names_of(const struct storage *s, char ***ret, struct err *e)
{
	const char *const lvs[] = { "lvs", LVM_REPORT, "-o", "lv_name,pool_lv", s->vgname, NULL };
	const char *pool = s->thinpool ? s->thinpool : "";
	autostrv char **lines = NULL;
	char **names = NULL;
	int r = lines_of(lvs, &lines, e);

	for (char **line = lines; line && *line; line++) {
		char *tab = strchr(*line, '\t');

		if (!tab || !str_eq(tab + 1, pool))
			continue;
		*tab = '\0';
		strv_push(&names, *line);
	}
	if (r < 0)
		return lvm_err_group(s, e);
	*ret = names;
	return 0;
}

int lvm_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	autostrv char **all = NULL;
	char **names = NULL;
	int r = names_of(s, &all, e);

	for (char **name = all; name && *name; name++) {
		struct volume v = { 0 };
		unsigned owner;

		if (lvm_locate(s, *name, &owner, &v) && (!ctid || owner == ctid))
			strv_push(&names, *name);
		free(v.path);
	}
	if (r == 0)
		*ret = names;
	return r;
}

/* Whether the group has the volume; or an error. */
static int exists(const struct volume *v, struct err *e)
{
	const char *const lvs[] = { "lvs", LVM_REPORT, "-o", "lv_name", v->storage->vgname, NULL };
	autostrv char **names = NULL;

	if (access(v->path, F_OK) == 0)
		return 1;
	if (lines_of(lvs, &names, e) < 0)
		return lvm_err_group(v->storage, e);
	return strv_has(names, strrchr(v->path, '/') + 1);
}

/* ---- creating and removing ---- */

int lvm_check_new(const struct volume *v, struct err *e)
{
	int r = exists(v, e);

	if (r <= 0)
		return r;
	err_set(e, EEXIST, v->path, "a volume with this name exists already");
	return err_remedy(e, "no container uses it: inspect it, then remove it");
}

int lvm_check_room(const struct volume *v, uint64_t available, uint64_t bytes, struct err *e)
{
	const struct storage *s = v->storage;

	if (bytes <= available)
		return 0;
	err_set(e, ENOSPC, s->id, "%s%s%s has %llu MiB left, and %llu MiB are needed", s->vgname,
		s->thinpool ? "/" : "", s->thinpool ? s->thinpool : "",
		(unsigned long long)(available >> 20), (unsigned long long)(bytes >> 20));
	return err_remedy(e, "%s it, remove volumes, or choose another storage",
			  s->thinpool ? "lvextend" : "vgextend");
}

int lvm_create(const struct volume *v, const char *const lvcreate[], bool zeroed, struct err *e)
{
	int r = run_program(lvcreate, e);

	if (r < 0)
		return err_wrap(e, "%s", v->id);
	r = mkfs_ext4(v->path, zeroed, e);
	if (r < 0)
		lvm_remove(v, NULL);
	return r;
}

/* The key saferemove: nothing of the volume is left for the next one in its place. */
static int overwrite(const struct volume *v, struct err *e)
{
	const char *const blkdiscard[] = { "blkdiscard", "--zeroout", v->path, NULL };
	int r = activate(v, e);

	return r < 0 ? r : run_program(blkdiscard, e);
}

int lvm_remove(const struct volume *v, struct err *e)
{
	autofree char *name = lvm_name(v);
	const char *const lvremove[] = { "lvremove", "-f", name, NULL };
	autoclose int lock = -1;
	int r = exists(v, e);

	if (r <= 0)
		return r;
	/* The device of an inactive volume is not there, so nobody uses it. */
	if (access(v->path, F_OK) == 0) {
		lock = block_volume_lock(v, e);
		if (lock < 0)
			return lock;
	}
	if (storage_flag(v->storage->saferemove, false) && overwrite(v, e) < 0)
		return err_wrap(e, "%s", v->id);
	close(steal_fd(&lock)); /* LVM asks whether the device is open */
	return run_program(lvremove, e) < 0 ? err_wrap(e, "%s", v->id) : 0;
}

/* ---- looking after volumes ---- */

int lvm_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	autofree char *name = lvm_name(v);
	const char *const lvs[] = { "lvs", LVM_REPORT, "-o", "lv_size", name, NULL };
	autostrv char **words = NULL;
	int r;

	if (access(v->path, F_OK) == 0)
		return block_volume_size(v, ret, e);
	r = exists(v, e);
	if (r == 0) {
		err_set(e, ENOENT, v->id, "there is no such volume: %s", v->path);
		return err_remedy(e, "name another in the config");
	}
	if (r > 0)
		r = lvm_ask(lvs, &words, e);
	if (r == 0 && (!words || !parse_uint(words[0], 0, INT64_MAX, ret)))
		r = err_set(e, EPROTO, v->id, "lvs does not tell its size");
	return r;
}

int lvm_grow(const struct volume *v, uint64_t bytes, struct err *e)
{
	autofree char *name = lvm_name(v);
	autofree char *size = xasprintf("%llub", (unsigned long long)bytes);
	/* -f: to take a growth back, without a question. */
	const char *const lvresize[] = { "lvresize", "-f", "-y", "-L", size, name, NULL };
	uint64_t now;
	int r = activate(v, e);

	if (r == 0)
		r = lvm_size(v, &now, e);
	/* A volume has whole extents, so it may be large enough, which lvresize calls an error. */
	if (r < 0 || bytes == now)
		return r;
	return run_program(lvresize, e) < 0 ? err_wrap(e, "%s", v->id) : 0;
}

int lvm_lock(const struct volume *v, struct err *e)
{
	int r = activate(v, e);

	return r < 0 ? r : block_volume_lock(v, e);
}

int lvm_device(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e)
{
	int r = activate(v, e);

	return r < 0 ? r : block_volume_device(v, ret, e);
}
