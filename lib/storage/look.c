/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/look.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

#define SECONDS 10
#define MAX_CONTENT (64 * 1024 * 1024)

/* ---- status ---- */

static int look(void *arg, int out_fd, struct err *e)
{
	const struct storage *s = arg;
	struct storage_status status = { 0 };
	int r;

	run_close_others(out_fd, -1);
	r = storage_check_path(s, e);
	if (r == 0)
		r = storage_ops_of(s->ops)->status(s, &status, e);
	return r < 0 ? r : file_write_all(out_fd, &status, sizeof status);
}

static int make_and_look(void *arg, int out_fd, struct err *e)
{
	const struct storage *s = arg;
	int r;

	run_close_others(out_fd, -1);
	r = storage_check_path(s, e);
	if (r == 0 && s->path)
		r = file_mkdirs(s->path, 0755, e);
	return r < 0 ? r : look(arg, out_fd, e);
}

static int take_time_out(const struct storage *s, int r, struct err *e)
{
	if (r != -ETIMEDOUT)
		return r;
	err_set(e, ETIMEDOUT, s->id, "the storage did not answer within %d seconds", SECONDS);
	return err_remedy(e, "see whether its server or disk works; until then: pct storage set %s "
			  "--disable 1", s->id);
}

static int finish(const struct storage *s, struct run_child *child, long long until,
		  struct storage_status *ret, struct err *e)
{
	long long left = until - now_ms();
	autofree char *answer = NULL;
	int r = run_finish_within(child, left < 1000 ? 1 : (unsigned)(left / 1000), &answer,
				  sizeof *ret, e);

	if (r < 0)
		return take_time_out(s, r, e);
	memcpy(ret, answer, sizeof *ret);
	return 0;
}

void storage_look_all(const struct storage *list, struct storage_report *ret)
{
	long long until = now_ms() + SECONDS * 1000;
	struct run_child *children;
	size_t n = 0;

	while (list[n].id)
		n++;
	children = xcalloc(n + 1, sizeof *children);
	for (size_t i = 0; i < n; i++) {
		ret[i] = (struct storage_report){ 0 };
		ret[i].is_known = list[i].use == STORAGE_USABLE &&
				  run_start(-1, look, (void *)&list[i], &children[i],
					    &ret[i].err) == 0;
	}
	for (size_t i = 0; i < n; i++)
		if (ret[i].is_known)
			ret[i].is_known = finish(&list[i], &children[i], until, &ret[i].status,
						 &ret[i].err) == 0;
	free(children);
}

static int look_within(int (*fn)(void *arg, int out_fd, struct err *e), const struct storage *s,
		       struct storage_status *ret, struct err *e)
{
	struct run_child child;
	int r = run_start(-1, fn, (void *)s, &child, e);

	return r < 0 ? r : finish(s, &child, now_ms() + SECONDS * 1000, ret, e);
}

int storage_prepare(const struct storage *s, struct storage_status *ret, struct err *e)
{
	return look_within(make_and_look, s, ret, e);
}

int storage_check_write(const struct storage *s, const struct storage_status *status, struct err *e)
{
	if (status->can & STORAGE_CAN_WRITE)
		return 0;
	err_set(e, EROFS, s->id, "the storage is read-only%s%s", s->path ? ": " : "",
		s->path ? s->path : "");
	return err_remedy(e, "mount it writable, or do without: pct storage set %s --disable 1",
			  s->id);
}

bool storage_warning(const struct storage *s, const struct storage_status *status, struct err *ret)
{
	if (!*status->warning)
		return false;
	err_set(ret, EIO, s->id, "%s", status->warning);
	err_remedy(ret, "%s", status->remedy);
	return true;
}

int storage_check_ready(const char *id, struct err *e)
{
	autostorage struct storage *all = NULL;
	struct storage_status status;
	const struct storage *s = NULL;
	int r = storage_check(id, e);

	if (r == 0)
		r = storage_list(&all, e);
	if (r == 0)
		r = storage_find(all, id, &s, e);
	if (r < 0)
		return r;
	r = look_within(look, s, &status, e);
	/* The first volume makes the folder. */
	if (r < 0)
		return r == -ENOENT && s->path ? 0 : r;
	return storage_check_write(s, &status, e);
}

/* ---- contents ---- */

/* Files that belong to no container, by their folder below the storage's path. */
static const struct {
	const char *content, *folder;
} files[] = {
	{ "vztmpl", "template/cache" },
	{ "snippets", "snippets" },
	{ "backup", "dump" },
	{ "iso", "template/iso" },
};

struct list {
	const struct storage *s;
	const char *content; /* NULL: any */
	unsigned ctid;       /* 0: any */
	struct buf out;
};

static bool wants(const struct list *l, const char *content)
{
	return !l->content || str_eq(l->content, content) ||
	       (str_eq(l->content, "rootdir") && str_eq(content, "images"));
}

/* size NULL: it is not known yet. */
static int add_volume(struct list *l, const char *name, const char *size, struct err *e)
{
	struct volume v = { 0 };
	uint64_t bytes = size ? strtoull(size, NULL, 10) : 0;
	unsigned owner;
	int r = 0;

	if (!l->s->ops->locate(l->s, name, &owner, &v))
		return 0;
	v.id = xasprintf("%s:%s", l->s->id, name);
	if (!size && v.form == VOLUME_RAW)
		r = storage_ops_of(v.ops)->size(&v, &bytes, e);
	/* It may be removed meanwhile. */
	if (r == 0)
		buf_addf(&l->out, "%s %s images %" PRIu64 " %u\n", v.id,
			 v.form == VOLUME_RAW ? "raw" : "subvol", bytes, owner);
	volume_done(&v);
	return r == -ENOENT ? 0 : r;
}

static int add_volumes(struct list *l, struct err *e)
{
	const struct storage_ops *ops = storage_ops_of(l->s->ops);
	autostrv char **names = NULL;
	int r = (ops->list_sizes ? ops->list_sizes : ops->list)(l->s, l->ctid, &names, e);

	for (char **name = names; name && *name && r == 0; name++) {
		char *blank = ops->list_sizes ? strchr(*name, ' ') : NULL;

		if (blank)
			*blank++ = '\0';
		r = add_volume(l, *name, blank, e);
	}
	return r;
}

/* The format of "debian-13_13.1-2.tar.zst" is tar.zst, of others what follows the last point. */
static const char *format_of(const char *name)
{
	const char *tar = strstr(name, ".tar"), *point = strrchr(name, '.');

	return tar ? tar + 1 : point ? point + 1 : "-";
}

static int add_files(struct list *l, const char *content, const char *folder, struct err *e)
{
	autofree char *path = xasprintf("%s/%s", l->s->path, folder);
	struct dirent **entry;
	int n = scandir(path, &entry, NULL, versionsort);

	if (n < 0)
		return errno == ENOENT ? 0 : err_sys(e, path, "list");
	for (int i = 0; i < n; free(entry[i++])) {
		const char *name = entry[i]->d_name;
		autofree char *file = xasprintf("%s/%s", path, name);
		struct stat st;

		if (storage_file_valid(name) && stat(file, &st) == 0 && S_ISREG(st.st_mode))
			buf_addf(&l->out, "%s:%s/%s %s %s %" PRIu64 " 0\n", l->s->id, content, name,
				 format_of(name), content, (uint64_t)st.st_size);
	}
	free(entry);
	return 0;
}

static int list(void *arg, int out_fd, struct err *e)
{
	struct list *l = arg;
	int r;

	run_close_others(out_fd, -1);
	r = storage_check_path(l->s, e);
	if (r == 0 && wants(l, "images"))
		r = add_volumes(l, e);
	for (size_t i = 0; i < ARRAY_SIZE(files) && l->s->path && !l->ctid && r == 0; i++)
		if (wants(l, files[i].content))
			r = add_files(l, files[i].content, files[i].folder, e);
	return r < 0 ? r : file_write_all(out_fd, buf_str(&l->out), l->out.len);
}

int storage_content(const struct storage *s, const char *content, unsigned ctid, char ***ret,
		    struct err *e)
{
	struct list l = { .s = s, .content = content, .ctid = ctid };
	autofree char *answer = NULL;
	int r = run_confined_within(-1, SECONDS, list, &l, &answer, MAX_CONTENT, e);

	if (r < 0)
		return take_time_out(s, r, e);
	*ret = strv_split(answer, "\n");
	return 0;
}

/* The folder and the name in "local:iso/NAME"; NULL: it is no such file. */
static const char *file_folder(const char *volid, const char **ret_name)
{
	const char *colon = strchr(volid, ':'), *rest;

	for (size_t i = 0; colon && i < ARRAY_SIZE(files); i++) {
		rest = str_after(colon + 1, files[i].content);
		if (rest && *rest == '/' && storage_file_valid(rest + 1)) {
			*ret_name = rest + 1;
			return files[i].folder;
		}
	}
	return NULL;
}

bool storage_is_file(const char *volid)
{
	const char *name;

	return file_folder(volid, &name) != NULL;
}

int storage_path(const char *volid, char **ret, struct err *e)
{
	autofree char *id = xstrndup(volid, strcspn(volid, ":"));
	autostorage struct storage *all = NULL;
	const struct storage *s = NULL;
	const char *name, *folder = file_folder(volid, &name);
	struct volume v = { 0 };
	int r;

	if (!folder) {
		r = volume_find(volid, 0, &v, e);
		if (r == 0)
			*ret = xstrdup(v.path);
		volume_done(&v);
		return r;
	}
	r = storage_list(&all, e);
	if (r == 0)
		r = storage_find(all, id, &s, e);
	if (r == 0 && !s->path)
		r = err_set(e, EINVAL, id, "a storage of type %s holds no files", s->type);
	if (r == 0)
		*ret = xasprintf("%s/%s/%s", s->path, folder, name);
	return r;
}
