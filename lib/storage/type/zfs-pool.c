/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/zfs-pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

#define MAX_OUTPUT (64 * 1024 * 1024)

/* ---- names ---- */

bool zfs_parse_name(const char *name, unsigned *ret_owner, enum volume_form *ret_form,
		    bool *ret_base)
{
	static const struct {
		const char *kind;
		enum volume_form form;
		bool base;
	} kinds[] = {
		{ "subvol-", VOLUME_TREE, false },
		{ "basevol-", VOLUME_TREE, true },
		{ "vm-", VOLUME_RAW, false },
		{ "base-", VOLUME_RAW, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *rest = str_after(name, kinds[i].kind);
		size_t digits = rest ? strspn(rest, "0123456789") : 0;
		autofree char *ctid = rest ? xstrndup(rest, digits) : NULL;

		if (!rest || rest[digits] != '-' || !rest[digits + 1] ||
		    !parse_ctid(ctid, ret_owner))
			continue;
		*ret_form = kinds[i].form;
		*ret_base = kinds[i].base;
		return storage_file_valid(name);
	}
	return false;
}

bool zfs_is_base(const char *name)
{
	enum volume_form form;
	unsigned owner;
	bool base;

	return zfs_parse_name(name, &owner, &form, &base) && base;
}

const char *zfs_dataset(const struct volume *v)
{
	const char *block = str_after(v->path, ZFS_DEVICES);

	return block ? block : v->path;
}

/* ---- the pool ---- */

/*
 * Each access to a suspended pool waits until an administrator resumes it, and zfs(8) calls a pool
 * that is not there a missing dataset.
 */
int zfs_check_pool(const struct storage *s, char ret_state[16], struct err *e)
{
	autofree char *pool = xstrndup(s->pool, strcspn(s->pool, "/")), *state = NULL;
	autofree char *path = xasprintf("/proc/spl/kstat/zfs/%s/state", pool);

	if (access("/sys/module/zfs", F_OK) < 0) {
		err_set(e, ENODEV, s->id, "the kernel has no ZFS");
		return err_remedy(e, "modprobe zfs; the module is in the package zfs-dkms");
	}
	if (file_read(path, 64, &state, NULL, NULL) < 0) {
		err_set(e, ENODEV, s->id, "the pool %s is not imported", pool);
		return err_remedy(e, "zpool import %s", pool);
	}
	state[strcspn(state, "\n")] = '\0';
	if (str_eq(state, "SUSPENDED")) {
		err_set(e, EIO, s->id, "the pool %s is suspended: its disks do not answer", pool);
		return err_remedy(e, "see zpool status %s; when they work: zpool clear %s", pool,
				  pool);
	}
	if (ret_state)
		snprintf(ret_state, 16, "%s", state);
	return 0;
}

int zfs_ask(const char *const argv[], char ***ret, struct err *e)
{
	autofree char *out = NULL;
	int r = run_program_output(argv, MAX_OUTPUT, &out, e);

	if (r == 0)
		*ret = strv_split(out, "\n");
	return r;
}

/* ---- listing ---- */

/* The volume name of a dataset POOL/NAME; NULL: it is no volume.  The caller frees. */
static char *name_of(const struct storage *s, const char *path, const char *origin)
{
	const char *own = str_after(path, s->pool), *from = str_after(origin, s->pool);
	autofree char *template = NULL;

	if (!own || *own != '/')
		return NULL;
	if (from && *from == '/' && str_ends_with(from, "@__base__"))
		template = xstrndup(from + 1, strcspn(from, "@") - 1);
	return template && zfs_is_base(template) ? xasprintf("%s/%s", template, own + 1)
						 : xstrdup(own + 1);
}

/* Returns whether a line of LIST_COLUMNS is about a volume of this container; 0: of any. */
static bool parse_line(const struct storage *s, const char *line, unsigned ctid, char **ret_name,
		       uint64_t *ret_bytes)
{
	autostrv char **words = strv_split(line, "\t");
	autofree char *name = strv_len(words) == 4 ? name_of(s, words[0], words[1]) : NULL;
	struct volume v = { 0 };
	unsigned owner;

	if (!name || !volume_zfspool.locate(s, name, &owner, &v) || (ctid && owner != ctid)) {
		free(v.path);
		return false;
	}
	free(v.path);
	if (!parse_uint(words[v.form == VOLUME_RAW ? 3 : 2], 0, INT64_MAX, ret_bytes))
		return false;
	*ret_name = steal(&name);
	return true;
}
#define LIST_COLUMNS "name,origin,refquota,volsize"

static int list(const struct storage *s, unsigned ctid, bool sizes, char ***ret, struct err *e)
{
	const char *const argv[] = { "zfs", "list", "-Hp", "-o", LIST_COLUMNS, "-t",
				     "filesystem,volume", "-d", "1", "-r", s->pool, NULL };
	autostrv char **lines = NULL;
	char **found = NULL;
	int r = zfs_check_pool(s, NULL, e);

	if (r == 0)
		r = zfs_ask(argv, &lines, e);
	for (char **line = lines; line && *line; line++) {
		autofree char *name = NULL, *text = NULL;
		uint64_t bytes;

		if (!parse_line(s, *line, ctid, &name, &bytes))
			continue;
		text = xasprintf("%s %" PRIu64, name, bytes);
		strv_push(&found, sizes ? text : name);
	}
	if (r == 0)
		*ret = found;
	return r;
}

int zfspool_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	return list(s, ctid, false, ret, e);
}

int zfspool_list_sizes(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	return list(s, ctid, true, ret, e);
}

int zfs_exists(const struct volume *v, struct err *e)
{
	const char *const argv[] = { "zfs", "list", "-Hp", "-o", "name", "-t",
				     "filesystem,volume", "-d", "1", "-r", v->storage->pool, NULL };
	autostrv char **names = NULL;
	int r = zfs_check_pool(v->storage, NULL, e);

	if (r == 0)
		r = zfs_ask(argv, &names, e);
	return r < 0 ? r : strv_has(names, zfs_dataset(v));
}

/* ---- status ---- */

/* A line "USED<tab>AVAILABLE<tab>READONLY". */
static bool parse_status(const char *line, struct storage_status *ret)
{
	autostrv char **words = strv_split(line, "\t");

	if (strv_len(words) != 3 || !parse_uint(words[0], 0, INT64_MAX, &ret->used) ||
	    !parse_uint(words[1], 0, INT64_MAX, &ret->available))
		return false;
	ret->size = ret->used + ret->available;
	if (str_eq(words[2], "off"))
		ret->can |= STORAGE_CAN_WRITE;
	return true;
}

int zfspool_status(const struct storage *s, struct storage_status *ret, struct err *e)
{
	const char *const argv[] = { "zfs", "list", "-Hp", "-o", "used,available,readonly",
				     s->pool, NULL };
	struct storage_status status = { .can = STORAGE_CAN_IMAGES | STORAGE_CAN_FOLDERS |
						STORAGE_CAN_LIMIT_FOLDERS };
	autostrv char **lines = NULL;
	char state[16];
	int r = zfs_check_pool(s, state, e);

	if (r == 0)
		r = zfs_ask(argv, &lines, e);
	if (r < 0)
		return r;
	if (!*lines || !parse_status(*lines, &status))
		return err_set(e, EPROTO, s->pool, "zfs list does not tell its size");
	snprintf(status.on, sizeof status.on, "ZFS");
	if (!str_eq(state, "ONLINE")) {
		int n = (int)strcspn(s->pool, "/");

		snprintf(status.warning, sizeof status.warning, "the pool %.*s is %s", n, s->pool,
			 state);
		snprintf(status.remedy, sizeof status.remedy, "zpool status %.*s", n, s->pool);
	}
	*ret = status;
	return 0;
}
