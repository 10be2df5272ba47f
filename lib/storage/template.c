/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
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
