/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct config --check: what of a whole /etc/pve, of either format, would not carry over. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/util.h"
#include "pct/cmd.h"

struct found {
	unsigned ctid;
	char *path;
};

struct walk {
	struct found *v;
	size_t n;
	struct stat *seen; /* folders: /etc/pve/lxc is a link to one of nodes/ */
	size_t n_seen;
};

static void found_add(struct walk *w, unsigned ctid, char *path)
{
	w->v = xrealloc(w->v, w->n + 1, sizeof *w->v);
	w->v[w->n++] = (struct found){ ctid, path };
}

static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

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

static int walk(struct walk *w, const char *top, struct err *e)
{
	autofree char *lxc = xasprintf("%s/lxc", top);
	struct stat st;
	int r;

	if (stat(top, &st) < 0)
		return err_sys(e, top, "open");
	if (!S_ISDIR(st.st_mode)) {
		found_add(w, 0, xstrdup(top));
		return 0;
	}
	r = walk_nodes(w, top, e);
	if (r == 0)
		r = walk_lxc(w, lxc, e);
	if (r == 0 && w->n == 0) {
		err_set(e, ENOENT, top, "holds no config of a container");
		return err_remedy(e, "they lie in lxc/CTID/config, lxc/CTID.conf and below "
				     "nodes/NODE");
	}
	if (r == 0)
		qsort(w->v, w->n, sizeof *w->v, compare);
	return r;
}

static void walk_done(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i].path);
	free(w->v);
	free(w->seen);
}

static void print_findings(const char *path, const struct conf_findings *list)
{
	if (list->n == 0)
		printf("%s: fine\n", path);
	for (size_t i = 0; i < list->n; i++) {
		const struct conf_finding *f = &list->v[i];

		printf("%s", path);
		if (f->line)
			printf(":%u", f->line);
		printf(": %s%s%s%s\n", f->is_error ? "error: " : "", f->key, *f->key ? ": " : "",
		       f->text);
	}
}

static void push_findings(struct json_t *files, const struct found *file,
			  const struct conf_findings *list)
{
	struct json_t *object = json_new_object(), *findings = json_new_array();

	json_put_string(object, "file", file->path);
	if (file->ctid)
		json_put_int(object, "vmid", file->ctid);
	for (size_t i = 0; i < list->n; i++) {
		const struct conf_finding *f = &list->v[i];
		struct json_t *finding = json_new_object();

		json_put_string(finding, "level", f->is_error ? "error" : "warning");
		if (f->line)
			json_put_int(finding, "line", f->line);
		if (*f->key)
			json_put_string(finding, "key", f->key);
		json_put_string(finding, "text", f->text);
		json_push(findings, finding);
	}
	json_put(object, "findings", findings);
	json_push(files, object);
}

/* What cannot be read is a finding like any other. */
static void check_file(const struct found *file, struct conf_findings *ret)
{
	autofree char *text = NULL;
	struct err e;
	size_t len;

	if (file_read(file->path, CONF_MAX_SIZE, &text, &len, &e) == 0)
		conf_check(text, len, file->ctid, ret);
	else
		conf_findings_add(ret, 0, true, NULL, "%s", e.cause);
}

int config_check(const char *path, enum format format, struct err *e)
{
	struct json_t *files = format == FORMAT_TEXT ? NULL : json_new_array();
	struct walk w = { 0 };
	bool bad = false;
	int r = walk(&w, *path ? path : path_etc(), e);

	for (size_t i = 0; i < w.n && r == 0; i++) {
		struct conf_findings findings = { 0 };

		check_file(&w.v[i], &findings);
		if (i && w.v[i].ctid && w.v[i].ctid == w.v[i - 1].ctid)
			conf_findings_add(&findings, 0, true, NULL, "container %u has another "
					  "config: %s", w.v[i].ctid, w.v[i - 1].path);
		bad = bad || findings.has_errors;
		if (files)
			push_findings(files, &w.v[i], &findings);
		else
			print_findings(w.v[i].path, &findings);
		conf_findings_done(&findings);
	}
	if (files && r == 0)
		print_json(files, format);
	json_free(files);
	walk_done(&w);
	return r < 0 ? r : bad;
}
