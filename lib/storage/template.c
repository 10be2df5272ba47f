/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"

static int template_check(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, path, "read template");
	return S_ISREG(st.st_mode) ? 0 : err_set(e, EINVAL, path, "is not a regular file");
}

static int check_holds_files(const struct storage *s, struct err *e)
{
	return s->path ? 0 : err_set(e, EINVAL, s->id, "a storage of type %s holds no files",
				     s->type);
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
	if (!name || !storage_file_valid(name)) {
		err_set(e, EINVAL, spec, "is not the volume id of a template");
		return err_remedy(e, "write it as local:vztmpl/NAME");
	}
	r = storage_find(list, storage, &s, e);
	if (r == 0)
		r = check_holds_files(s, e);
	if (r < 0)
		return r;
	path = xasprintf("%s/template/cache/%s", s->path, name);
	r = template_check(path, e);
	if (r == 0)
		*ret = steal(&path);
	return r;
}

/* ---- the newest template of a name: "debian", "debian-13" ---- */

/* Whether name is an archive whose name begins with these words. */
static bool is_named(const char *name, const char *words)
{
	const char *rest = str_after(name, words);

	return rest && strchr("-_.", *rest) && storage_file_valid(name) &&
	       (strstr(rest, ".tar") || str_ends_with(rest, ".tgz")) &&
	       (*rest != '.' || str_after(rest, ".t"));
}

/*
 * Split a name like debian-13-standard_13.1-2_amd64.tar.zst: its words that begin with a digit are
 * the version, "13 13.1 2", of which the first is the release; the others are the kind.
 */
struct template_name {
	char *release, *version, *kind;
};

static void name_split(const char *path, struct template_name *ret)
{
	const char *file = strrchr(path, '/') + 1, *end = strstr(file, ".t");
	autofree char *stem = xstrndup(file, end ? (size_t)(end - file) : strlen(file));
	autostrv char **words = strv_split(stem, "-_"), **numbers = NULL, **others = NULL;

	for (char **w = words; w && *w; w++)
		strv_push(**w >= '0' && **w <= '9' ? &numbers : &others, *w);
	ret->release = xstrdup(numbers ? numbers[0] : "");
	ret->version = numbers ? strv_join(numbers, " ") : xstrdup("");
	ret->kind = others ? strv_join(others, " ") : xstrdup("");
}

static void name_done(struct template_name *name)
{
	free(name->release);
	free(name->version);
	free(name->kind);
}

/* Above 0: a is newer.  *ret_differs: they have the same release, but are of different kinds. */
static int name_compare(const char *a, const char *b, bool *ret_differs)
{
	struct template_name first, second;
	int order;

	name_split(a, &first);
	name_split(b, &second);
	order = strverscmp(first.release, second.release);
	*ret_differs = order == 0 && !str_eq(first.kind, second.kind);
	if (order == 0)
		order = strverscmp(first.version, second.version);
	name_done(&first);
	name_done(&second);
	return order;
}

static void add_named(const char *dir, const char *words, char ***to)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, NULL, alphasort);

	for (int i = 0; i < n; free(entry[i++])) {
		autofree char *path = xasprintf("%s/%s", dir, entry[i]->d_name);

		if (is_named(entry[i]->d_name, words))
			strv_push(to, path);
	}
	if (n >= 0)
		free(entry);
}

/* Of two kinds of the newest release, such as standard and networkd, none is chosen. */
static int template_newest(char *const *paths, const char *spec, char **ret, struct err *e)
{
	const char *best = paths[0];
	size_t n = strv_len(paths);
	bool differs;

	for (size_t i = 1; i < n; i++)
		if (name_compare(paths[i], best, &differs) > 0)
			best = paths[i];
	for (size_t i = 0; i < n; i++) {
		name_compare(paths[i], best, &differs);
		if (!differs)
			continue;
		err_set(e, ENOTUNIQ, spec, "may be %s or %s", strrchr(best, '/') + 1,
			strrchr(paths[i], '/') + 1);
		return err_remedy(e, "give more of the name, or all of it");
	}
	*ret = xstrdup(best);
	return template_check(best, e);
}

int template_find(const char *spec, char **ret, struct err *e)
{
	autostorage struct storage *list = NULL;
	autostrv char **searched = NULL, **named = NULL;
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

		if (!s->has_templates || !s->path)
			continue;
		if (access(path, F_OK) == 0) {
			r = template_check(path, e);
			if (r == 0)
				*ret = steal(&path);
			return r;
		}
		strv_push(&searched, dir);
		add_named(dir, spec, &named);
	}
	if (named)
		return template_newest(named, spec, ret, e);
	folders = searched ? strv_join(searched, ", ") : xstrdup("no storage");
	err_set(e, ENOENT, spec, "there is no such template in %s", folders);
	return err_remedy(e, "put it there, build one with \"pct distro build\", or give a path "
			  "(./%s)", spec);
}
