/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/rbd-pool.h"

#include <errno.h>
#include <inttypes.h>

#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"
#include "lib/storage/type/rbd-command.h"

/* ---- names ---- */

bool rbd_parse_name(const char *name, unsigned *ret_owner, bool *ret_base)
{
	const char *vm = str_after(name, "vm-"), *rest = vm ? vm : str_after(name, "base-");
	size_t digits = rest ? strcspn(rest, "-") : 0;
	autofree char *owner = rest ? xstrndup(rest, digits) : NULL;

	*ret_base = !vm;
	return rest && rest[digits] && rest[digits + 1] && storage_file_valid(name) &&
	       parse_ctid(owner, ret_owner);
}

bool rbd_is_base(const char *name)
{
	unsigned owner;
	bool base;

	return rbd_parse_name(name, &owner, &base) && base;
}

/* ---- listing ---- */

int rbd_ask(const struct storage *s, const char *program, unsigned seconds,
	    const char *const arguments[], struct json_t **ret, struct err *e)
{
	autofree char *out = NULL;
	struct json_t *value;
	int r = rbd_run(s, program, seconds, arguments, &out, e);

	if (r < 0)
		return r;
	value = json_parse(out);
	if (!value)
		return err_set(e, EPROTO, s->id, "%s does not answer as JSON", program);
	*ret = value;
	return 0;
}

/* The volume name of an image; NULL: it is none, or of another container.  The caller frees. */
static char *name_of(const struct storage *s, const struct json_t *row, unsigned ctid)
{
	const char *image = json_member_string(row, "image");
	const struct json_t *parent = json_member(row, "parent");
	const char *template = json_member_string(parent, "image");
	unsigned owner;
	bool base;

	if (!image || json_member(row, "snapshot") || !rbd_parse_name(image, &owner, &base) ||
	    (ctid && owner != ctid))
		return NULL;
	if (template && rbd_is_base(template) &&
	    str_eq(json_member_string(parent, "snapshot"), "__base__") &&
	    str_eq(json_member_string(parent, "pool"), rbd_pool(s)))
		return xasprintf("%s/%s", template, image);
	return xstrdup(image);
}

/* The rows of "rbd ls -l": "NAME", or with sizes "NAME BYTES". */
static char **names_in(const struct storage *s, const struct json_t *rows, unsigned ctid,
		       bool sizes)
{
	const struct json_t *row;
	char **found = NULL;

	for (size_t n = 0; (row = json_item(rows, n)); n++) {
		autofree char *name = name_of(s, row, ctid), *text = NULL;
		uint64_t bytes;

		if (!name || !json_member_uint(row, "size", &bytes))
			continue;
		text = xasprintf("%s %" PRIu64, name, bytes);
		strv_push(&found, sizes ? text : name);
	}
	return found;
}

static int list(const struct storage *s, unsigned ctid, bool sizes, char ***ret, struct err *e)
{
	autofree char *pool = rbd_spec(s, NULL);
	const char *const ls[] = { "ls", "-l", pool, "--format", "json", NULL };
	struct json_t *rows;
	int r = rbd_ask(s, "rbd", RBD_ANSWER_SECONDS, ls, &rows, e);

	if (r < 0)
		return r;
	*ret = names_in(s, rows, ctid, sizes);
	json_free(rows);
	return 0;
}

int rbd_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	return list(s, ctid, false, ret, e);
}

int rbd_list_sizes(const struct storage *s, unsigned ctid, char ***ret, struct err *e)
{
	return list(s, ctid, true, ret, e);
}

int rbd_exists(const struct volume *v, struct err *e)
{
	autofree char *pool = rbd_spec(v->storage, NULL);
	const char *const ls[] = { "ls", pool, NULL };
	autofree char *out = NULL;
	autostrv char **names = NULL;
	int r = rbd_run(v->storage, "rbd", RBD_ANSWER_SECONDS, ls, &out, e);

	if (r < 0)
		return r;
	names = strv_split(out, "\n");
	return strv_has(names, rbd_image_name(v));
}

/* ---- status ---- */

static const struct json_t *find_pool(const struct json_t *df, const char *name)
{
	const struct json_t *pools = json_member(df, "pools"), *pool;

	for (size_t n = 0; (pool = json_item(pools, n)); n++)
		if (str_eq(json_member_string(pool, "name"), name))
			return pool;
	return NULL;
}

/* A pool as "ceph df detail" shows it; copies do not count. */
static bool parse_pool(const struct json_t *pool, struct storage_status *ret)
{
	const struct json_t *stats = json_member(pool, "stats");
	uint64_t quota = 0;

	if (!json_member_uint(stats, "stored", &ret->used) ||
	    !json_member_uint(stats, "max_avail", &ret->available))
		return false;
	json_member_uint(stats, "quota_bytes", &quota);
	if (quota && ret->available > (quota > ret->used ? quota - ret->used : 0))
		ret->available = quota > ret->used ? quota - ret->used : 0;
	ret->size = ret->used + ret->available;
	return true;
}

int rbd_pool_status(const struct storage *s, unsigned seconds, struct storage_status *ret,
		    struct err *e)
{
	static const char *const arguments[] = { "df", "detail", "--format", "json", NULL };
	struct storage_status status = { .on = "Ceph RBD",
					 .can = STORAGE_CAN_WRITE | STORAGE_CAN_IMAGES };
	const char *data = s->data_pool ? s->data_pool : rbd_pool(s);
	const struct json_t *pool;
	struct json_t *df;
	int r = rbd_ask(s, "ceph", seconds, arguments, &df, e);

	if (r < 0)
		return r;
	pool = find_pool(df, data);
	if (!pool || !find_pool(df, rbd_pool(s))) {
		r = err_set(e, ENOENT, s->id, "the cluster has no pool %s",
			    pool ? rbd_pool(s) : data);
		err_remedy(e, "ceph osd lspools shows the pools");
	} else if (!parse_pool(pool, &status)) {
		r = err_set(e, EPROTO, s->id, "ceph df does not tell the size of %s", data);
	}
	json_free(df);
	if (r == 0)
		*ret = status;
	return r;
}

int rbd_status(const struct storage *s, struct storage_status *ret, struct err *e)
{
	return rbd_pool_status(s, RBD_ANSWER_SECONDS, ret, e);
}
