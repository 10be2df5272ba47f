/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct config --check: checks a config, or all configs of a folder, in either format. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ct/check/clashes.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/paths.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "pct/cmd.h"

static const char *const levels[] = { "warning", "error", "power" };

/* Disarms the path: a copied folder may have any name. */
static void print_findings(const char *name, const struct conf_findings *list)
{
	autofree char *path = xstrdup(name);

	text_sanitize(path, "");
	if (list->n == 0)
		printf("%s: fine\n", path);
	for (size_t i = 0; i < list->n; i++) {
		const struct conf_finding *f = &list->v[i];

		printf("%s", path);
		if (f->line)
			printf(":%u", f->line);
		printf(": %s%s%s%s%s\n", f->level ? levels[f->level] : "", f->level ? ": " : "",
		       f->key, *f->key ? ": " : "", f->text);
	}
}

static void push_findings(struct json_t *files, const struct store_entry *file,
			  const struct conf_findings *list)
{
	struct json_t *object = json_new_object(), *findings = json_new_array();

	json_put_string(object, "file", file->path);
	if (file->ctid)
		json_put_int(object, "vmid", file->ctid);
	for (size_t i = 0; i < list->n; i++) {
		const struct conf_finding *f = &list->v[i];
		struct json_t *finding = json_new_object();

		json_put_string(finding, "level", levels[f->level]);
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

/* A file that cannot be read is a finding, too. */
static void check_file(const struct store_entry *file, struct conf_findings *ret)
{
	autofree char *text = NULL;
	struct err e;
	size_t len;

	if (file_read(file->path, CONF_MAX_SIZE, &text, &len, &e) == 0)
		conf_check(text, len, file->ctid, ret);
	else
		conf_findings_add(ret, 0, true, NULL, "%s", e.cause);
}

static int find(const char *top, struct store_list *ret, struct err *e)
{
	int r = store()->list(top, ret, e);

	if (r < 0 || ret->n)
		return r;
	err_set(e, ENOENT, top ? top : path_etc(), "contains no config of a container");
	return err_remedy(e, "configs are in " STORE_LAYOUT);
}

/* NULL if the config cannot be loaded; check_file() has reported why. */
static struct conf_file *load(const struct store_entry *file)
{
	struct conf_file *f = NULL;

	conf_load(file->path, file->ctid, &f, NULL);
	return f;
}

static struct clashes *find_claims(const struct store_list *all)
{
	struct clashes *clashes = clashes_new();

	for (size_t i = 0; i < all->n; i++) {
		struct conf_file *f = load(&all->v[i]);

		if (f)
			clashes_add(clashes, conf_values(f));
		conf_free(f);
	}
	return clashes;
}

/* Checks that need the parsed config, or the other configs. */
static void check_whole(struct clashes *clashes, const struct store_entry *file,
			struct conf_findings *to)
{
	struct conf_file *f = load(file);

	if (f) {
		ct_find_faults(f, store_is_own(file), to);
		conf_findings_sort(to);
		clashes_find(clashes, conf_values(f), to);
	}
	conf_free(f);
}

int config_check(const char *path, bool strict, enum format format, struct err *e)
{
	struct json_t *files = format == FORMAT_TEXT ? NULL : json_new_array();
	struct store_list all;
	struct clashes *clashes = NULL;
	bool bad = false;
	int r = find(*path ? path : NULL, &all, e);

	if (r == 0)
		clashes = find_claims(&all);
	for (size_t i = 0; i < all.n && r == 0; i++) {
		struct conf_findings findings = { 0 };

		check_file(&all.v[i], &findings);
		check_whole(clashes, &all.v[i], &findings);
		if (i && all.v[i].ctid && all.v[i].ctid == all.v[i - 1].ctid)
			conf_findings_add(&findings, 0, true, NULL, "container %u has a second "
					  "config: %s", all.v[i].ctid, all.v[i - 1].path);
		bad = bad || findings.of[CONF_ERROR] || (strict && findings.of[CONF_POWER]);
		if (files)
			push_findings(files, &all.v[i], &findings);
		else
			print_findings(all.v[i].path, &findings);
		conf_findings_done(&findings);
	}
	if (files && r == 0)
		print_json(files, format);
	json_free(files);
	store_list_done(&all);
	clashes_free(clashes);
	return r < 0 ? r : bad;
}
