/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/lock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/util.h"

/* Who can write to a folder can take a lock away from there, and make another in its place. */
static int check_folder(const char *dir, struct err *e)
{
	struct stat st;

	if (lstat(dir, &st) < 0)
		return err_sys(e, dir, "look at the folder");
	if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return 0;
	err_set(e, EPERM, dir,
		"is not a folder that only root can write to: its locks are not safe");
	return err_remedy(e, "remove it (rm -r %s); the next command makes it anew", dir);
}

/*
 * Not in RUN/lock, as /run/lock is everybody's: the first user to make a folder of that name would
 * have all commands refused.  RUN and RUN/pct are root's.  Checked from the top, nobody else can
 * change what is below.
 */
static int lock(const char *path, unsigned seconds, struct err *e)
{
	autofree char *dir = xstrdup(path), *above = NULL;
	int r;

	*strrchr(dir, '/') = '\0';
	above = xstrdup(dir);
	*strrchr(above, '/') = '\0';
	r = file_mkdirs(dir, 0700, e);
	if (r == 0 && check_folder(above, e) < 0)
		return err_remedy(e, "chown 0 %s; chmod go-w %s", above, above);
	if (r == 0)
		r = check_folder(dir, e);
	return r < 0 ? r : file_lock(path, seconds, e);
}

int lock_ct(unsigned ctid, unsigned seconds, struct err *e)
{
	autofree char *path = path_ct_lock(ctid);

	return lock(path, seconds, e);
}

int lock_ids(unsigned seconds, struct err *e)
{
	autofree char *path = path_ids_lock();

	return lock(path, seconds, e);
}
