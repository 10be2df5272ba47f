/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/lock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"

/* A user who can write to the folder could replace a lock file. */
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
 * Locks are not in RUN/lock, since every user can write to /run/lock, and could block all commands
 * by making the folder first.  Only root can write to RUN and RUN/pct.  The check goes from the top
 * down: below a folder that passes, no other user can change anything.
 */
int lock_file(const char *path, unsigned seconds, struct err *e)
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
