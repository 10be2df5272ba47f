/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/storage.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/hostinfo.h"
#include "lib/host/loop.h"

#define MAX_STORAGE_CFG (1024 * 1024)
#define MAX_GIB (1024 * 1024)

/* ---- storage.cfg: "TYPE: NAME", then indented "KEY VALUE" lines ---- */

struct parser {
	const char *file;
	unsigned number;
	struct storage *list;
	size_t n;
	bool open, disabled; /* inside a dir section; it says "disable" */
	unsigned opened;     /* its line */
};

static bool storage_name_valid(const char *s)
{
	size_t n = strlen(s);

	return n >= 2 && n <= 64 && isalpha((unsigned char)s[0]) &&
	       isalnum((unsigned char)s[n - 1]) &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

/* A file name of ours: no folder, nothing hidden, nothing that a shell or liblxc would expand. */
static bool file_name_valid(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 200 && isalnum((unsigned char)s[0]) &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == n;
}

static bool path_valid(const char *s)
{
	return s[0] == '/' && !has_control(s) && !strstr(s, "/../") && !str_ends_with(s, "/..");
}

static void set_content(struct storage *s, const char *content)
{
	autostrv char **word = strv_split(content, ", \t");

	s->has_images = strv_has(word, "images") || strv_has(word, "rootdir");
	s->has_templates = strv_has(word, "vztmpl");
}

static void drop_last(struct parser *p)
{
	struct storage *s = &p->list[--p->n];

	free(s->id);
	free(s->path);
	*s = (struct storage){ 0 };
}

static void add_storage(struct parser *p, const char *id, const char *path)
{
	p->list = xrealloc(p->list, p->n + 2, sizeof *p->list);
	p->list[p->n++] = (struct storage){ .id = xstrdup(id), .path = xstrdup(path),
					    .has_images = true };
	p->list[p->n] = (struct storage){ 0 };
}

static int parse_error(const struct parser *p, unsigned number, struct err *e, const char *cause,
		       const char *value)
{
	autofree char *where = xasprintf("%s:%u", p->file, number);

	return err_set(e, EINVAL, where, "%s \"%s\"", cause, value);
}

static int section_end(struct parser *p, struct err *e)
{
	struct storage *s = p->n ? &p->list[p->n - 1] : NULL;

	if (!p->open)
		return 0;
	p->open = false;
	if (p->disabled) {
		drop_last(p);
		return 0;
	}
	if (!s->path && str_eq(s->id, "local"))
		s->path = xstrdup(path_vz());
	return s->path ? 0 : parse_error(p, p->opened, e, "there is no path for storage", s->id);
}

static int section_begin(struct parser *p, char *line, struct err *e)
{
	char *colon = strchr(line, ':'), *name;
	int r = section_end(p, e);

	if (r < 0)
		return r;
	if (!colon)
		return parse_error(p, p->number, e, "expected \"TYPE: NAME\", not", line);
	*colon = '\0';
	name = colon + 1 + strspn(colon + 1, " \t");
	if (!str_eq(line, "dir"))
		return 0;
	if (!storage_name_valid(name))
		return parse_error(p, p->number, e, "bad storage name", name);
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->list[i].id, name))
			return parse_error(p, p->number, e, "second storage of the name", name);
	add_storage(p, name, NULL);
	p->open = true;
	p->disabled = false;
	p->opened = p->number;
	return 0;
}

static bool is_for_this_node(const char *nodes)
{
	autostrv char **node = strv_split(nodes, ", \t");
	autofree char *name = hostinfo_node();

	return name && strv_has(node, name);
}

static int section_property(struct parser *p, char *line, struct err *e)
{
	char *key = line + strspn(line, " \t"), *value = key + strcspn(key, " \t");
	struct storage *s = p->n ? &p->list[p->n - 1] : NULL;

	if (!p->open)
		return 0;
	if (*value)
		*value++ = '\0';
	value += strspn(value, " \t");
	if (str_eq(key, "path")) {
		if (!path_valid(value))
			return parse_error(p, p->number, e, "path: not an absolute path:", value);
		free(s->path);
		s->path = xstrdup(value);
	} else if (str_eq(key, "content")) {
		set_content(s, value);
	} else if (str_eq(key, "disable")) {
		p->disabled = p->disabled || !str_eq(value, "0");
	} else if (str_eq(key, "nodes")) {
		p->disabled = p->disabled || !is_for_this_node(value);
	}
	return 0;
}

static int parse_lines(struct parser *p, char *text, struct err *e)
{
	for (char *line = text, *next; line && *line; line = next) {
		size_t n;
		int r;

		p->number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		n = strlen(line);
		while (n && isspace((unsigned char)line[n - 1]))
			line[--n] = '\0';
		if (n == 0 || line[0] == '#')
			continue;
		if (line[0] == ' ' || line[0] == '\t')
			r = section_property(p, line, e);
		else
			r = section_begin(p, line, e);
		if (r < 0)
			return r;
	}
	return section_end(p, e);
}

int storage_list(struct storage **ret, struct err *e)
{
	autofree char *file = xasprintf("%s/storage.cfg", path_etc());
	autofree char *text = NULL;
	struct parser p = { .file = file };
	bool has_local = false;
	int r;

	r = file_read(file, MAX_STORAGE_CFG, &text, NULL, e);
	if (r < 0 && r != -ENOENT)
		return r;
	p.list = xcalloc(1, sizeof *p.list);
	r = text ? parse_lines(&p, text, e) : 0;
	if (r < 0) {
		storage_list_free(p.list);
		return r;
	}
	for (size_t i = 0; i < p.n; i++)
		has_local = has_local || str_eq(p.list[i].id, "local");
	if (!has_local) {
		add_storage(&p, "local", path_vz());
		p.list[p.n - 1].has_templates = true;
	}
	*ret = p.list;
	return 0;
}

void storage_list_free(struct storage *list)
{
	for (struct storage *s = list; s && s->id; s++) {
		free(s->id);
		free(s->path);
	}
	free(list);
}

static void list_freep(struct storage **list)
{
	storage_list_free(*list);
}
#define autostorage __attribute__((cleanup(list_freep)))

static int storage_find(const struct storage *list, const char *id, const struct storage **ret,
			struct err *e)
{
	for (; list->id; list++)
		if (str_eq(list->id, id)) {
			*ret = list;
			return 0;
		}
	err_set(e, ENOENT, id, "there is no such storage");
	return err_remedy(e, "storages are named in %s/storage.cfg; only type dir is supported",
			  path_etc());
}

/* ---- volumes ---- */

void volume_done(struct volume *v)
{
	free(v->id);
	free(v->path);
	*v = (struct volume){ 0 };
}

static int bad_volid(const char *volid, struct err *e)
{
	err_set(e, EINVAL, volid, "is not a volume id");
	return err_remedy(e, "write it as local:105/vm-105-rootfs.raw or "
			  "local:105/subvol-105-rootfs.subvol");
}

static int find_images(const char *storage, struct storage **ret_list, const struct storage **ret,
		       struct err *e)
{
	int r = storage_list(ret_list, e);

	if (r < 0)
		return r;
	r = storage_find(*ret_list, storage, ret, e);
	if (r < 0)
		return r;
	if ((*ret)->has_images)
		return 0;
	err_set(e, EINVAL, storage, "is not a storage for containers");
	return err_remedy(e, "give it the content rootdir in %s/storage.cfg", path_etc());
}

int storage_check(const char *id, struct err *e)
{
	autostorage struct storage *list = NULL;
	const struct storage *ignored;

	return find_images(id, &list, &ignored, e);
}

int volume_find(const char *volid, unsigned ctid, struct volume *ret, struct err *e)
{
	autofree char *storage = xstrdup(volid);
	char *colon = strchr(storage, ':'), *slash = colon ? strchr(colon, '/') : NULL;
	autostorage struct storage *list = NULL;
	const struct storage *s = NULL;
	enum volume_kind kind;
	unsigned owner;
	int r;

	if (!slash)
		return bad_volid(volid, e);
	*colon = *slash = '\0';
	if (!storage_name_valid(storage) || !parse_ctid(colon + 1, &owner) ||
	    !file_name_valid(slash + 1))
		return bad_volid(volid, e);
	if (str_ends_with(slash + 1, ".raw"))
		kind = VOLUME_RAW;
	else if (str_ends_with(slash + 1, ".subvol"))
		kind = VOLUME_SUBVOL;
	else
		return bad_volid(volid, e);
	if (owner != ctid)
		return err_set(e, EINVAL, volid, "belongs to container %u, not to %u", owner, ctid);
	r = find_images(storage, &list, &s, e);
	if (r < 0)
		return r;
	*ret = (struct volume){ kind, xstrdup(volid),
				xasprintf("%s/images/%u/%s", s->path, ctid, slash + 1) };
	return 0;
}

int volume_check_named(const struct conf *conf, const char *path, struct err *e)
{
	if (conf->volid)
		return 0;
	err_set(e, ENOENT, path, "pve.volid is missing: the container has no root volume");
	if (!conf->ctid)
		return err_code(e);
	return err_remedy(e, "name the volume, as in pve.volid = local:%u/vm-%u-rootfs.raw",
			  conf->ctid, conf->ctid);
}

/* Who may not look there knows nothing. */
int volume_check(const struct conf *conf, struct err *e)
{
	struct volume v = { 0 };
	int r = volume_find(conf->volid, conf->ctid, &v, e);

	if (r == 0 && access(v.path, F_OK) < 0 && errno != EACCES)
		r = errno == ENOENT ?
			err_set(e, ENOENT, v.id, "there is no such volume: %s", v.path) :
			err_sys(e, v.path, "look at the volume");
	volume_done(&v);
	return r;
}

/* The folder that keeps users of the host away from the volumes. */
static int make_images_dir(const char *path, unsigned ctid, char **ret, struct err *e)
{
	autofree char *images = xasprintf("%s/images", path);
	autofree char *dir = xasprintf("%s/%u", images, ctid);
	struct stat st;
	int r = file_mkdirs(images, 0755, e);

	if (r < 0)
		return r;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_sys(e, dir, "make folder");
	if (lstat(dir, &st) < 0)
		return err_sys(e, dir, "stat");
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_gid != 0 ||
	    (st.st_mode & 07777) != 0700) {
		err_set(e, EPERM, dir, "is not a folder that only root can enter");
		return err_remedy(e, "run \"chown 0:0 %s && chmod 0700 %s\"", dir, dir);
	}
	r = file_sync_parent(dir, e);
	if (r < 0)
		rmdir(dir);
	else
		*ret = steal(&dir);
	return r;
}

static int make_image(const char *path, unsigned gib, struct err *e)
{
	/*
	 * Quick: nothing is zeroed in a new sparse file.  No blocks are reserved: root of an
	 * unprivileged container could not use them.
	 */
	const char *const mke2fs[] = {
		"mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-E",
		"lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0", path, NULL,
	};
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, path, "create");
	if (ftruncate(fd, (off_t)gib << 30) < 0) {
		err_sys(e, path, "make an image of %u GiB", gib);
		err_remedy(e, "choose a smaller one: --rootfs STORAGE:GIB");
	} else if (run_program(mke2fs, e) < 0) {
		err_wrap(e, "%s", path);
	} else {
		return 0;
	}
	unlink(path);
	return err_code(e);
}

char *volume_root_id(const char *storage, unsigned ctid, unsigned gib)
{
	return gib ? xasprintf("%s:%u/vm-%u-rootfs.raw", storage, ctid, ctid)
		   : xasprintf("%s:%u/subvol-%u-rootfs.subvol", storage, ctid, ctid);
}

int volume_create(const char *storage, unsigned ctid, unsigned gib, struct volume *ret,
		  struct err *e)
{
	autostorage struct storage *list = NULL;
	autofree char *dir = NULL, *path = NULL, *id = volume_root_id(storage, ctid, gib);
	enum volume_kind kind = gib ? VOLUME_RAW : VOLUME_SUBVOL;
	const struct storage *s = NULL;
	int r;

	if (gib > MAX_GIB)
		return err_set(e, EINVAL, storage, "a volume of %u GiB is too large", gib);
	r = find_images(storage, &list, &s, e);
	if (r == 0)
		r = make_images_dir(s->path, ctid, &dir, e);
	if (r < 0)
		return r;
	path = xasprintf("%s%s", dir, strrchr(id, '/'));
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		err_set(e, EEXIST, path, "a volume of that name exists already");
		return err_remedy(e, "no container uses it: look at it, then remove it");
	}
	if (kind == VOLUME_SUBVOL)
		r = mkdir(path, 0755) < 0 ? err_sys(e, path, "make folder") : 0;
	else
		r = make_image(path, gib, e);
	if (r == 0) {
		r = file_sync_parent(path, e);
		if (r < 0)
			remove(path);
	}
	if (r < 0) {
		rmdir(dir);
		return r;
	}
	*ret = (struct volume){ kind, steal(&id), steal(&path) };
	return 0;
}

static int remove_image(const struct volume *v, struct err *e)
{
	autoclose int fd = open(v->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, v->path, "open");
	r = loop_lock(fd, v->path, e);
	if (r < 0)
		return r;
	return file_remove(v->path, e);
}

int volume_remove(const struct volume *v, struct err *e)
{
	autofree char *dir = xstrdup(v->path);
	int r = v->kind == VOLUME_RAW ? remove_image(v, e) : run_remove_tree(v->path, e);

	if (r < 0)
		return r;
	*strrchr(dir, '/') = '\0';
	if (rmdir(dir) < 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST)
		return err_sys(e, dir, "remove");
	return 0;
}

/* ---- templates ---- */

static int template_check(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, path, "read template");
	return S_ISREG(st.st_mode) ? 0 : err_set(e, EINVAL, path, "is not a regular file");
}

static int template_by_volid(const struct storage *list, const char *spec, char **ret,
			     struct err *e)
{
	autofree char *storage = xstrdup(spec);
	char *colon = strchr(storage, ':');
	const char *name = str_after(colon + 1, "vztmpl/");
	autofree char *path = NULL;
	const struct storage *s = NULL;
	int r;

	*colon = '\0';
	if (!name || !file_name_valid(name)) {
		err_set(e, EINVAL, spec, "is not the volume id of a template");
		return err_remedy(e, "write it as local:vztmpl/NAME");
	}
	r = storage_find(list, storage, &s, e);
	if (r < 0)
		return r;
	path = xasprintf("%s/template/cache/%s", s->path, name);
	r = template_check(path, e);
	if (r == 0)
		*ret = steal(&path);
	return r;
}

int template_find(const char *spec, char **ret, struct err *e)
{
	autostorage struct storage *list = NULL;
	autostrv char **searched = NULL;
	autofree char *folders = NULL;
	int r;

	if (!*spec || has_control(spec))
		return err_set(e, EINVAL, "template", "bad name \"%s\"", spec);
	r = storage_list(&list, e);
	if (r < 0)
		return r;
	if (strchr(spec, ':') && spec[0] != '/' && spec[0] != '.')
		return template_by_volid(list, spec, ret, e);
	if (strchr(spec, '/')) {
		r = template_check(spec, e);
		if (r == 0)
			*ret = xstrdup(spec);
		return r;
	}
	for (struct storage *s = list; s->id; s++) {
		autofree char *dir = xasprintf("%s/template/cache", s->path);
		autofree char *path = xasprintf("%s/%s", dir, spec);

		if (!s->has_templates)
			continue;
		if (access(path, F_OK) == 0) {
			r = template_check(path, e);
			if (r == 0)
				*ret = steal(&path);
			return r;
		}
		strv_push(&searched, dir);
	}
	folders = searched ? strv_join(searched, ", ") : xstrdup("no storage");
	err_set(e, ENOENT, spec, "there is no such template in %s", folders);
	return err_remedy(e, "put it there, build one with \"pct distro build\", or give a path "
			  "(./%s)", spec);
}
