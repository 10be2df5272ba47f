/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/inventory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

struct walk {
	struct inventory *to;
	struct stat *seen; /* folders: /etc/pve/lxc is a link to one of nodes/ */
	size_t n_seen;
};

static void found_add(struct walk *w, unsigned ctid, char *path)
{
	struct inventory *to = w->to;

	to->v = array_grow(to->v, to->n, sizeof *to->v);
	to->v[to->n++] = (struct config_path){ ctid, path };
}

static int compare(const void *a, const void *b)
{
	const struct config_path *x = a, *y = b;

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

/* CTID/config and CTID.conf; a folder without a config is no container. */
static void take_entry(struct walk *w, const char *dir, const char *entry)
{
	autofree char *name = xstrdup(entry), *path = NULL;
	bool is_flat = str_ends_with(entry, ".conf");
	unsigned ctid;

	if (is_flat)
		name[strlen(name) - strlen(".conf")] = '\0';
	if (!parse_ctid(name, &ctid))
		return;
	path = xasprintf("%s/%s%s", dir, entry, is_flat ? "" : "/config");
	if (is_flat || access(path, F_OK) == 0 || errno != ENOENT)
		found_add(w, ctid, steal(&path));
}

/* A folder that is not there is fine. */
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

int inventory_find(const char *top, struct inventory *ret, struct err *e)
{
	autofree char *lxc = xasprintf("%s/lxc", top);
	struct walk w = { .to = ret };
	struct stat st;
	int r;

	*ret = (struct inventory){ 0 };
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

void inventory_done(struct inventory *configs)
{
	for (size_t i = 0; i < configs->n; i++)
		free(configs->v[i].path);
	free(configs->v);
	*configs = (struct inventory){ 0 };
}

bool inventory_mentions(const char *text)
{
	struct inventory all;
	bool found = false;

	inventory_find(path_etc(), &all, NULL);
	for (size_t i = 0; i < all.n && !found; i++) {
		autofree char *config = NULL;

		found = file_read(all.v[i].path, CONF_MAX_SIZE, &config, NULL, NULL) == 0 &&
			strcasestr(config, text);
	}
	inventory_done(&all);
	return found;
}
