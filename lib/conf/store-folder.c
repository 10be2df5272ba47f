/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stores configs as files below /etc/pve: nodes/NODE/lxc/CTID/config.  The link lxc points to the
 * lxc folder of this node.  A config of Proxmox VE stays at its place: nodes/NODE/lxc/CTID.conf.
 * Locks are RUN/pct/lock/CTID.lock and idmap.lock.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/host/hostinfo.h"

static char *container_dir(unsigned ctid)
{
	return xasprintf("%s/lxc/%u", path_etc(), ctid);
}

/* Where pct create puts a config. */
static char *own_path(unsigned ctid)
{
	return xasprintf("%s/lxc/%u/config", path_etc(), ctid);
}

static char *flat_path(unsigned ctid)
{
	return xasprintf("%s/lxc/%u.conf", path_etc(), ctid);
}

static char *folder_path(unsigned ctid)
{
	autofree char *own = own_path(ctid), *flat = flat_path(ctid);

	return access(own, F_OK) < 0 && access(flat, F_OK) == 0 ? steal(&flat) : steal(&own);
}

/* ---- reading ---- */

struct walk {
	struct store_list *to;
	struct stat *seen; /* visited folders: /etc/pve/lxc is a link to one below nodes/ */
	size_t n_seen;
};

static void found_add(struct walk *w, unsigned ctid, char *path)
{
	struct store_list *to = w->to;

	to->v = array_grow(to->v, to->n, sizeof *to->v);
	to->v[to->n++] = (struct store_entry){ ctid, path };
}

static int compare(const void *a, const void *b)
{
	const struct store_entry *x = a, *y = b;

	return x->ctid != y->ctid ? (x->ctid > y->ctid) - (x->ctid < y->ctid) :
				    strcmp(x->path, y->path);
}

static bool is_new(struct walk *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	for (size_t i = 0; i < w->n_seen; i++)
		if (w->seen[i].st_dev == st.st_dev && w->seen[i].st_ino == st.st_ino)
			return false;
	w->seen = xrealloc(w->seen, w->n_seen + 1, sizeof *w->seen);
	w->seen[w->n_seen++] = st;
	return true;
}

/* The container of an entry CTID or CTID.conf. */
static bool entry_ctid(const char *entry, unsigned *ret)
{
	autofree char *name = xstrdup(entry);

	if (str_ends_with(entry, ".conf"))
		name[strlen(name) - strlen(".conf")] = '\0';
	return parse_ctid(name, ret);
}

/* A folder without a config is not a container. */
static void take_entry(struct walk *w, const char *dir, const char *entry)
{
	autofree char *path = NULL;
	bool is_flat = str_ends_with(entry, ".conf");
	unsigned ctid;

	if (!entry_ctid(entry, &ctid))
		return;
	path = xasprintf("%s/%s%s", dir, entry, is_flat ? "" : "/config");
	if (is_flat || access(path, F_OK) == 0 || errno != ENOENT)
		found_add(w, ctid, steal(&path));
}

/* A missing folder is no error. */
static int walk_lxc(struct walk *w, const char *dir, struct err *e)
{
	DIR *d = opendir(dir);

	if (!d)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(e, dir, "open");
	if (is_new(w, dirfd(d)))
		for (const struct dirent *entry; (entry = readdir(d));)
			take_entry(w, dir, entry->d_name);
	closedir(d);
	return 0;
}

static int walk_nodes(struct walk *w, const char *top, struct err *e)
{
	autofree char *dir = xasprintf("%s/nodes", top);
	DIR *d = opendir(dir);
	int r = 0;

	if (!d)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(e, dir, "open");
	for (const struct dirent *entry; r == 0 && (entry = readdir(d));) {
		autofree char *lxc = xasprintf("%s/%s/lxc", dir, entry->d_name);

		if (entry->d_name[0] != '.')
			r = walk_lxc(w, lxc, e);
	}
	closedir(d);
	return r;
}

static int folder_list(const char *given, struct store_list *ret, struct err *e)
{
	const char *top = given ? given : path_etc();
	autofree char *lxc = xasprintf("%s/lxc", top);
	struct walk w = { .to = ret };
	struct stat st;
	int r;

	*ret = (struct store_list){ 0 };
	if (stat(top, &st) < 0)
		return err_sys(e, top, "open");
	if (!S_ISDIR(st.st_mode)) {
		found_add(&w, 0, xstrdup(top));
		return 0;
	}
	r = walk_nodes(&w, top, e);
	if (r == 0)
		r = walk_lxc(&w, lxc, e);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof *ret->v, compare);
	free(w.seen);
	return r;
}

static int compare_numbers(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static int folder_numbers(unsigned **ret, size_t *ret_n, struct err *e)
{
	autofree char *dir = xasprintf("%s/lxc", path_etc());
	const struct dirent *entry;
	DIR *d = opendir(dir);
	unsigned *v = NULL, ctid;
	size_t n = 0;

	if (!d && errno != ENOENT)
		return err_sys(e, dir, "open");
	while (d && (entry = readdir(d))) {
		if (!entry_ctid(entry->d_name, &ctid))
			continue;
		v = array_grow(v, n, sizeof *v);
		v[n++] = ctid;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(v, n, sizeof *v, compare_numbers);
	*ret = v;
	*ret_n = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[i - 1])
			v[(*ret_n)++] = v[i];
	return 0;
}

/* Whether ETC/lxc leads to this folder: then the node is this one. */
static bool is_here(const char *lxc)
{
	autofree char *link = xasprintf("%s/lxc", path_etc());
	struct stat here, st;

	return stat(link, &here) == 0 && stat(lxc, &st) == 0 && here.st_dev == st.st_dev &&
	       here.st_ino == st.st_ino;
}

static char *folder_find_node(unsigned ctid)
{
	autofree char *dir = xasprintf("%s/nodes", path_etc());
	DIR *d = opendir(dir);
	char *node = NULL;

	for (const struct dirent *entry; d && !node && (entry = readdir(d));) {
		autofree char *lxc = xasprintf("%s/%s/lxc", dir, entry->d_name);
		autofree char *old = xasprintf("%s/%u/config", lxc, ctid);
		autofree char *flat = xasprintf("%s/%u.conf", lxc, ctid);

		if ((access(old, F_OK) == 0 || access(flat, F_OK) == 0) &&
		    entry->d_name[0] != '.' && !is_here(lxc))
			node = xstrdup(entry->d_name);
	}
	if (d)
		closedir(d);
	return node;
}

static int folder_exists(unsigned ctid, struct err *e)
{
	autofree char *path = folder_path(ctid);

	if (access(path, F_OK) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(e, path, "look at");
}

static int open_config(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Nobody knows which of two configs counts. */
static int err_second(unsigned ctid, const char *own, const char *flat, struct err *e)
{
	err_set(e, EEXIST, own, "container %u has a second config: %s", ctid, flat);
	return err_remedy(e, "move one of them away");
}

/*
 * System calls dominate the time to list a thousand containers, so loading a usual config takes
 * four.  A short read of a regular file is complete; conf_load() reads larger files, and reports
 * errors.
 */
static int folder_load(unsigned ctid, struct conf_file **ret, struct err *e)
{
	autofree char *own = own_path(ctid), *flat = flat_path(ctid);
	autoclose int fd = open_config(own);
	bool has_own = fd >= 0 || errno != ENOENT, has_flat = access(flat, F_OK) == 0;
	const char *path = !has_own && has_flat ? flat : own;
	char text[16384];
	ssize_t n;

	if (has_own && has_flat)
		return err_second(ctid, own, flat, e);
	if (path == flat)
		fd = open_config(flat);
	n = fd < 0 ? -1 : read(fd, text, sizeof text);
	if (n > 0 && n < (ssize_t)sizeof text)
		return conf_parse(text, (size_t)n, path, ctid, ret, e);
	return conf_load(path, ctid, ret, e);
}

/* ---- writing ---- */

/* ETC/lxc is a link to the lxc folder of this node. */
static int make_node_dir(struct err *e)
{
	autofree char *link = xasprintf("%s/lxc", path_etc());
	autofree char *node = NULL, *target = NULL, *dir = NULL;
	int r;

	if (access(link, F_OK) == 0)
		return 0;
	node = hostinfo_node();
	if (!node || !*node || *node == '.' || strchr(node, '/'))
		return err_set(e, EINVAL, "host name", "\"%s\" cannot be a node's name",
			       node ? node : "");
	target = xasprintf("nodes/%s/lxc", node);
	dir = xasprintf("%s/%s", path_etc(), target);
	r = file_mkdirs(dir, 0755, e);
	if (r < 0)
		return r;
	if (symlink(target, link) < 0 && errno != EEXIST)
		return err_sys(e, link, "make link");
	return file_sync_parent(link, e);
}

static int folder_reserve(unsigned ctid, struct err *e)
{
	autofree char *dir = container_dir(ctid), *path = own_path(ctid), *flat = flat_path(ctid);
	int r = make_node_dir(e);

	if (r < 0)
		return r;
	if (access(flat, F_OK) == 0)
		return err_set(e, EEXIST, flat, "container %u already exists", ctid);
	/* A killed create leaves an empty folder, or an incomplete config. */
	file_remove_stale(path);
	if (rmdir(dir) < 0 && errno == ENOTEMPTY) {
		err_set(e, EEXIST, dir, "contains files but no config");
		return err_remedy(e, "inspect the files and move them away");
	}
	if (mkdir(dir, 0755) < 0)
		return err_sys(e, dir, "make folder");
	r = file_sync_parent(dir, e);
	if (r < 0)
		rmdir(dir);
	return r;
}

static int folder_save(const struct conf_file *f, struct err *e)
{
	autofree char *path = folder_path(conf_values(f)->ctid), *text = conf_text(f);

	return file_write(path, text, strlen(text), CONF_MODE, e);
}

static int folder_remove(unsigned ctid, struct err *e)
{
	autofree char *dir = container_dir(ctid), *flat = flat_path(ctid);
	int r = access(dir, F_OK) < 0 && errno == ENOENT ? 0 : run_remove_tree(dir, e);

	if (r == 0 && unlink(flat) < 0 && errno != ENOENT)
		r = err_sys(e, flat, "remove");
	/* Sync, or a power loss would bring the config back, whose volume may be gone. */
	return r < 0 ? r : file_sync_parent(dir, e);
}

/* ---- locks ---- */

static int lock(const char *name, unsigned seconds, struct err *e)
{
	autofree char *path = xasprintf("%s/pct/lock/%s.lock", path_run(), name);

	return lock_file(path, seconds, e);
}

static int folder_lock(unsigned ctid, unsigned seconds, struct err *e)
{
	autofree char *name = xasprintf("%u", ctid);

	return lock(name, seconds, e);
}

static int folder_lock_ids(unsigned seconds, struct err *e)
{
	return lock("idmap", seconds, e);
}

const struct store store_folder = {
	.path = folder_path,
	.list = folder_list,
	.numbers = folder_numbers,
	.find_node = folder_find_node,
	.exists = folder_exists,
	.load = folder_load,
	.reserve = folder_reserve,
	.save = folder_save,
	.remove = folder_remove,
	.lock = folder_lock,
	.lock_ids = folder_lock_ids,
};
