/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds folders of containers whose configs are gone, for example removed by hand. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ct/check/ids.h"
#include "ct/ct.h"
#include "ct/destroy.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/runtime/lower/lower.h"
#include "lib/storage/storage.h"
#include "pct/doctor/doctor.h"

/* Other programs also have containers with numbers as names in LIB. */
static bool has_runtime(unsigned ctid)
{
	autofree char *path = path_runtime_config(ctid), *text = NULL;

	return file_read(path, CONF_MAX_SIZE, &text, NULL, NULL) == 0 && lower_is_made(text);
}

static char *left_folders(unsigned ctid)
{
	autofree char *runtime = path_runtime_dir(ctid), *run = path_ct_run(ctid);
	autostrv char **found = NULL;

	if (has_runtime(ctid))
		strv_push(&found, runtime);
	if (access(run, F_OK) == 0)
		strv_push(&found, run);
	return found ? strv_join(found, ", ") : NULL;
}

/* The folder of the container's volumes; NULL: none.  The caller frees. */
static char *left_volumes(unsigned ctid)
{
	autostorage struct storage *list = NULL;

	for (struct storage *s = storage_list(&list, NULL) < 0 ? NULL : list; s && s->id; s++) {
		autofree char *path = xasprintf("%s/images/%u", s->path, ctid);

		if (s->path && access(path, F_OK) == 0)
			return steal(&path);
	}
	return NULL;
}

/* 1: removed them; 0: meanwhile, the container exists again, or the folders are gone. */
static int remove_locked(const struct ct *ct, struct err *e)
{
	int r = store()->exists(ct->ctid, e);

	if (r != 0 || doctor_is_live(ct->ctid))
		return r < 0 ? r : 0;
	if (has_runtime(ct->ctid))
		r = ct_remove_folders(ct->ctid, e);
	else if (access(ct->run, F_OK) == 0)
		r = run_remove_tree(ct->run, e);
	return r < 0 ? r : 1;
}

static int remove_folders(unsigned ctid, struct err *e)
{
	struct ct ct;
	int r = ct_open(ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = remove_locked(&ct, e);
	ct_close(&ct);
	return r;
}

/* The folder in LIB tells about the config as long as there are volumes, so --fix keeps it then. */
static void check(struct doctor *d, unsigned ctid)
{
	autofree char *object = xasprintf("container %u", ctid), *volumes = NULL, *left = NULL;
	struct err e;

	if (doctor_is_live(ctid))
		return;
	left = left_folders(ctid);
	volumes = left ? left_volumes(ctid) : NULL;
	if (!left)
		return;
	if (d->fix && !volumes) {
		int r = remove_folders(ctid, &e);

		if (r < 0)
			doctor_add(d, DOCTOR_ERROR, &e);
		if (r <= 0)
			return;
	}
	err_set(&e, ENOENT, object, "has no config, but left %s%s%s", left,
		volumes ? ", and its volumes in " : "", volumes ? volumes : "");
	if (volumes)
		err_remedy(&e, "restore its config, or remove the volumes (rm -r %s), then run pct "
			       "doctor --fix", volumes);
	else if (!d->fix)
		err_remedy(&e, "pct doctor --fix removes them");
	doctor_add(d, d->fix && !volumes ? DOCTOR_FIXED : DOCTOR_WARNING, &e);
}

void doctor_folders(struct doctor *d)
{
	autofree char *run = path_pct_run();
	const char *const dirs[] = { path_lib(), run };
	struct ids all = { 0 };
	struct dirent *entry;
	unsigned ctid;

	/* Without the list, every container would seem to have no config. */
	if (ids_find_all(&all, NULL) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		DIR *dir = file_open_folder(AT_FDCWD, dirs[i]);

		/* A container that has both folders is reported once. */
		while (dir && (entry = readdir(dir)))
			if (parse_ctid(entry->d_name, &ctid) && !ids_has(&all, ctid) &&
			    has_runtime(ctid) == (i == 0))
				check(d, ctid);
		if (dir)
			closedir(dir);
	}
	free(all.v);
}
