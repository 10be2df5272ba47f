/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/nixos.h"
#include "setup/report.h"
#include "setup/text-section.h"

#define MAX_TOLD (4 * 1024 * 1024) /* bytes of old and new texts in a report */

/* The state of a path that a dry run would have changed. */
struct overlay {
	char *path;
	char *text; /* contents, or a link's target; NULL: a folder, or removed */
	int kind;          /* S_IFMT value; 0: removed */
};

struct tree {
	struct rootfs *root;
	struct report *report;
	const char *step;
	bool dry;
	struct overlay *overlay;
	size_t n_overlay;
	size_t told; /* bytes of file texts in the report */
};

struct tree *tree_new(struct rootfs *root, bool dry, struct report *report)
{
	struct tree *t = xcalloc(1, sizeof *t);

	t->root = root;
	t->dry = dry;
	t->report = report;
	return t;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_overlay; i++) {
		free(t->overlay[i].path);
		free(t->overlay[i].text);
	}
	free(t->overlay);
	free(t);
}

void tree_set_step(struct tree *t, const char *step)
{
	t->step = step;
}

static struct overlay *find(const struct tree *t, const char *path)
{
	for (size_t i = 0; i < t->n_overlay; i++)
		if (str_eq(t->overlay[i].path, path))
			return &t->overlay[i];
	return NULL;
}

static int remember(struct tree *t, const char *path, int kind, const char *text, struct err *e)
{
	struct overlay *o = find(t, path);
	int n = rootfs_would_change(t->root, path, text ? strlen(text) : 0, e);

	if (n < 0)
		return n;
	if (!o) {
		t->overlay = xrealloc(t->overlay, t->n_overlay + 1, sizeof *t->overlay);
		o = &t->overlay[t->n_overlay++];
		*o = (struct overlay){ .path = xstrdup(path) };
	}
	free(o->text);
	o->text = xstrdup(text);
	o->kind = kind;
	return 0;
}

bool tree_has_marker(struct tree *t, const char *path)
{
	return rootfs_is_ignored(t->root, path);
}

bool tree_is_ignored(struct tree *t, const char *path)
{
	autofree char *source = NULL;

	if (tree_has_marker(t, path))
		return true;
	source = nixos_source(t, path);
	return source;
}

int tree_lkind(struct tree *t, const char *path)
{
	const struct overlay *o = find(t, path);

	return o ? o->kind : rootfs_lkind(t->root, path);
}

int tree_kind(struct tree *t, const char *path)
{
	const struct overlay *o = find(t, path);

	if (o && o->kind != S_IFLNK)
		return o->kind;
	if (o)
		return rootfs_kind(t->root, o->text);
	return rootfs_kind(t->root, path);
}

bool tree_is_exec(struct tree *t, const char *path)
{
	return !find(t, path) && rootfs_is_exec(t->root, path);
}

int tree_readlink(struct tree *t, const char *path, char **ret, struct err *e)
{
	const struct overlay *o = find(t, path);

	if (!o)
		return rootfs_readlink(t->root, path, ret, e);
	if (o->kind != S_IFLNK)
		return o->kind ? err_set(e, EINVAL, path, "is not a symbolic link") : -ENOENT;
	*ret = xstrdup(o->text);
	return 0;
}

int tree_list(struct tree *t, const char *path, char ***ret, struct err *e)
{
	return rootfs_list(t->root, path, ret, e);
}

struct found {
	char *name;
	size_t dir;
};

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int n = strcmp(x->name, y->name);

	return n ? n : (x->dir > y->dir) - (x->dir < y->dir);
}

char **tree_list_merged(struct tree *t, const char *const *dirs, size_t n, const char *suffix)
{
	struct found *all = NULL;
	size_t n_all = 0, n_paths = 0;
	char **paths;

	for (size_t i = 0; i < n; i++) {
		autostrv char **names = NULL;

		if (tree_list(t, dirs[i], &names, NULL) < 0)
			continue;
		all = xrealloc(all, n_all + strv_len(names), sizeof *all);
		for (char **name = names; *name; name++)
			if (str_ends_with(*name, suffix))
				all[n_all++] = (struct found){ xstrdup(*name), i };
	}
	if (n_all)
		qsort(all, n_all, sizeof *all, compare_found);
	paths = xcalloc(n_all + 1, sizeof *paths);
	for (size_t i = 0; i < n_all; i++)
		if (i == 0 || !str_eq(all[i].name, all[i - 1].name))
			paths[n_paths++] = xasprintf("%s/%s", dirs[all[i].dir], all[i].name);
	for (size_t i = 0; i < n_all; i++)
		free(all[i].name);
	free(all);
	return paths;
}

int tree_read(struct tree *t, const char *path, char **ret, struct err *e)
{
	const struct overlay *o = find(t, path);
	autofree char *text = NULL;
	size_t len;
	int n;

	if (o && o->kind != S_IFREG)
		return o->kind ? err_set(e, EINVAL, path, "is not a regular file") : -ENOENT;
	if (o) {
		*ret = xstrdup(o->text);
		return 0;
	}
	n = rootfs_read(t->root, path, &text, &len, e);
	if (n < 0)
		return n;
	if (strlen(text) != len)
		return err_set(e, EINVAL, path, "is not text: it contains a NUL byte");
	*ret = steal(&text);
	return 0;
}

int tree_read_optional(struct tree *t, const char *path, char **ret, struct err *e)
{
	char *text = NULL;
	int n = tree_read(t, path, &text, e);

	if (n < 0 && n != -ENOENT)
		return n;
	*ret = text;
	return 0;
}

int tree_read_head(struct tree *t, const char *path, void *data, size_t size, size_t *ret_len,
		   struct err *e)
{
	return rootfs_read_head(t->root, path, data, size, ret_len, e);
}

static size_t length(const char *s)
{
	return s ? strlen(s) : 0;
}

static void hide(char **text)
{
	if (!*text)
		return;
	free(*text);
	*text = xstrdup("");
}

/* Records one change for each path, from before the first step to after the last. */
static void record(struct tree *t, const char *path, const char *old, const char *new, bool secret)
{
	struct report *r = t->report;
	struct change *c = NULL;

	for (size_t i = 0; i < r->n_changes && !c; i++)
		if (str_eq(r->changes[i].path, path))
			c = &r->changes[i];
	if (!c) {
		r->changes = xrealloc(r->changes, r->n_changes + 1, sizeof *r->changes);
		c = &r->changes[r->n_changes++];
		*c = (struct change){ .step = xstrdup(t->step), .path = xstrdup(path),
				      .old_text = xstrdup(old) };
		t->told += length(old);
	}
	t->told -= length(c->new_text);
	free(c->new_text);
	c->new_text = xstrdup(new);
	t->told += length(new);
	c->secret |= secret;
	c->large |= t->told > MAX_TOLD;
	/* The report keeps only that there was a change; it must not contain the texts at all. */
	if (c->secret || c->large) {
		t->told -= length(c->old_text) + length(c->new_text);
		hide(&c->old_text);
		hide(&c->new_text);
	}
}

/* The text of a file, or "-> TARGET" of a link, as a report shows it. */
static int describe(struct tree *t, const char *path, char **ret, struct err *e)
{
	autofree char *target = NULL;
	int kind = tree_lkind(t, path), n;

	*ret = NULL;
	if (kind < 0)
		return err_set(e, -kind, path, "cannot be looked at: %s", strerror(-kind));
	if (kind == S_IFREG)
		return tree_read_optional(t, path, ret, e);
	if (kind != S_IFLNK)
		return 0;
	n = tree_readlink(t, path, &target, e);
	if (n < 0)
		return n;
	*ret = xasprintf("-> %s\n", target);
	return 0;
}

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && str_eq(a, b));
}

/* Refuses in advance what lib/rootfs/rootfs.c would refuse, so that a dry run fails, too. */
static int check_place(struct tree *t, const char *path, unsigned flags, struct err *e)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	int kind = tree_kind(t, parent);

	if (kind >= 0 && kind != S_IFDIR)
		return err_set(e, ENOTDIR, path, "%s is %s", parent,
			       kind ? "not a folder" : "not there");
	kind = tree_lkind(t, path);
	if (kind == S_IFLNK && !(flags & (ROOTFS_REPLACE_LINK | ROOTFS_FOLLOW_LINK)))
		return err_set(e, ELOOP, path, "is a symbolic link; it is not changed");
	if (kind > 0 && kind != S_IFREG && kind != S_IFLNK)
		return err_set(e, EINVAL, path, "is not a regular file; it is not changed");
	return 0;
}

bool tree_leaves_alone(struct tree *t, const char *path)
{
	autofree char *source = NULL;

	if (!tree_is_ignored(t, path))
		return false;
	report_file(t->report, t->step, path, FILE_IGNORED);
	source = nixos_source(t, path);
	if (source)
		report_note(t->report, NOTE_INFO, t->step, "set it in configuration.nix",
			    "%s is not written: NixOS makes it from %s at each boot", path,
			    source);
	return true;
}

int tree_write(struct tree *t, const char *path, const char *text, mode_t mode, unsigned flags,
	       struct err *e)
{
	autofree char *old = NULL;
	int n;

	if (tree_leaves_alone(t, path))
		return 0;
	n = check_place(t, path, flags, e);
	if (n == 0 && (flags & ROOTFS_FOLLOW_LINK))
		n = tree_read_optional(t, path, &old, e);
	else if (n == 0)
		n = describe(t, path, &old, e);
	if (n < 0)
		return n;
	if (same(old, text))
		report_file(t->report, t->step, path, FILE_SAME);
	if (same(old, text) && (t->dry || !mode))
		return 0;
	n = t->dry ? remember(t, path, S_IFREG, text, e)
		   : rootfs_write(t->root, path, text, strlen(text), mode, flags & 0xff, e);
	if (n < 0)
		return n;
	if (!same(old, text))
		record(t, path, old, text, flags & TREE_SECRET);
	return 0;
}

int tree_write_section(struct tree *t, const char *path, const char *body, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n = tree_read_optional(t, path, &old, e);

	if (n < 0 || (!old && !*body))
		return n;
	new = section_set(old, body, SECTION_APPEND);
	return tree_write(t, path, new, 0, ROOTFS_REPLACE_LINK, e);
}

int tree_symlink(struct tree *t, const char *target, const char *path, struct err *e)
{
	autofree char *old = NULL, *new = xasprintf("-> %s\n", target);
	int n;

	if (tree_leaves_alone(t, path))
		return 0;
	n = describe(t, path, &old, e);
	if (n < 0)
		return n;
	if (same(old, new)) {
		report_file(t->report, t->step, path, FILE_SAME);
		return 0;
	}
	n = check_place(t, path, ROOTFS_REPLACE_LINK, e);
	if (n < 0)
		return n;
	n = t->dry ? remember(t, path, S_IFLNK, target, e)
		   : rootfs_symlink(t->root, target, path, e);
	if (n < 0)
		return n;
	record(t, path, old, new, false);
	return 0;
}

int tree_unlink(struct tree *t, const char *path, unsigned flags, struct err *e)
{
	autofree char *old = NULL;
	int kind = tree_lkind(t, path), n;

	if (!kind || tree_leaves_alone(t, path))
		return 0;
	/* Do not read a secret: it need not be a text (a random seed). */
	if ((flags & TREE_SECRET) && kind == S_IFREG)
		old = xstrdup("");
	n = old ? 0 : describe(t, path, &old, e);
	if (n < 0)
		return n;
	n = t->dry ? remember(t, path, 0, NULL, e) : rootfs_unlink(t->root, path, e);
	if (n < 0)
		return n;
	record(t, path, old, NULL, flags & TREE_SECRET);
	return 0;
}

/* Records the folders that rootfs_mkdir() would make, parents first. */
static int remember_folders(struct tree *t, const char *path, struct err *e)
{
	autofree char *part = xstrdup(path);
	char *slash = part;
	int n;

	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (tree_kind(t, part) != S_IFDIR) {
			if (tree_lkind(t, part))
				return err_set(e, ENOTDIR, part, "is not a folder");
			n = remember(t, part, S_IFDIR, NULL, e);
			if (n < 0)
				return n;
		}
		if (slash)
			*slash = '/';
	} while (slash);
	return 0;
}

int tree_mkdir(struct tree *t, const char *path, mode_t mode, struct err *e)
{
	autofree char *source = NULL;

	if (tree_kind(t, path) == S_IFDIR)
		return 0;
	if (tree_lkind(t, path))
		return err_set(e, ENOTDIR, path, "is not a folder");
	source = nixos_source(t, path);
	if (source)
		return 0;
	return t->dry ? remember_folders(t, path, e) : rootfs_mkdir(t->root, path, mode, e);
}
