/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"

/* Who can write to the folder can replace the file. */
static int check_owner(const char *path, const struct stat *st, struct err *e)
{
	if (st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	err_set(e, EPERM, path, "other users than root can change it: owner %u, mode %04o",
		(unsigned)st->st_uid, st->st_mode & 07777);
	return err_remedy(e, "chown root %s; chmod go-w %s", path, path);
}

static int check_folder(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, path, "find the folder of the script");
	return check_owner(path, &st, e);
}

/* The owner of a folder on the way can put another storage in the place of this one. */
static int check_way(const char *path, struct err *e)
{
	autofree char *part = xstrdup(path);

	for (char *slash; (slash = strrchr(part, '/')) && slash != part;) {
		struct stat st;
		int r;

		*slash = '\0';
		if (stat(part, &st) < 0)
			return err_sys(e, part, "find the folder of the script");
		/* Of a folder such as /tmp, only the owner of an entry can replace it. */
		if (st.st_mode & S_ISVTX)
			st.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
		r = check_owner(part, &st, e);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A link on the way has folders of its own. */
static int check_ways(const char *path, struct err *e)
{
	autofree char *real = realpath(path, NULL);
	int r = real ? check_way(path, e) : err_sys(e, path, "find the folder of the script");

	return r < 0 ? r : check_way(real, e);
}

static int check_script(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_sys(e, path, "find the script");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, path, "is not a regular file");
	if (!(st.st_mode & S_IXUSR)) {
		err_set(e, EACCES, path, "is not executable");
		return err_remedy(e, "chmod +x %s", path);
	}
	return check_owner(path, &st, e);
}

static int find_storage(const struct storage *list, const char *id, const struct storage **ret,
			struct err *e)
{
	int r = storage_find(list, id, ret, e);

	if (r < 0 || ((*ret)->has_snippets && (*ret)->path))
		return r;
	err_set(e, EINVAL, id, "is not a storage for scripts");
	return err_remedy(e, "add snippets to its content in %s/storage.cfg", path_etc());
}

int snippet_find(const char *volid, char **ret, struct err *e)
{
	autofree char *storage = xstrndup(volid, strcspn(volid, ":")), *folder = NULL, *path = NULL;
	const char *name = str_after(volid + strlen(storage), ":snippets/");
	autostorage struct storage *list = NULL;
	const struct storage *s;
	int r;

	if (!name || !storage_name_valid(storage) || !storage_file_valid(name)) {
		err_set(e, EINVAL, volid, "is not the volume id of a script");
		return err_remedy(e, "write it as local:snippets/NAME");
	}
	r = storage_list(&list, e);
	if (r == 0)
		r = find_storage(list, storage, &s, e);
	if (r < 0)
		return r;
	folder = xasprintf("%s/snippets", s->path);
	path = xasprintf("%s/%s", folder, name);
	r = check_ways(s->path, e);
	if (r == 0)
		r = check_folder(s->path, e);
	if (r == 0)
		r = check_folder(folder, e);
	if (r == 0)
		r = check_script(path, e);
	if (r == 0)
		*ret = steal(&path);
	return r;
}
