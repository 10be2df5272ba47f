/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

#define MAX_SAID (64 * 1024)

/* Bits of the exit status: e2fsck(8). */
enum { STATUS_REPAIRED = 1, STATUS_REBOOT = 2, STATUS_ERRORS = 4 };

int volume_fsck_locked(const struct volume *v, bool all, struct fsck *ret, struct err *e)
{
	/* Without -f, a file system that was unmounted cleanly counts as clean in spite of damage.
	 */
	const char *const argv[] = { "e2fsck", "-f", all ? "-y" : "-p", v->path, NULL };
	autofree char *said = NULL;
	int status = run_program_status(argv, MAX_SAID, &said, e);

	if (status < 0)
		return err_wrap(e, "%s", v->path);
	if (status & ~(STATUS_REPAIRED | STATUS_REBOOT | STATUS_ERRORS))
		return err_set(e, EIO, v->path, "e2fsck failed (status %d): %.*s", status,
			       (int)strcspn(said, "\n"), said);
	ret->result = status & STATUS_ERRORS ? FSCK_ERRORS : status ? FSCK_REPAIRED : FSCK_CLEAN;
	ret->said = steal(&said);
	return 0;
}

int volume_fsck(const struct volume *v, bool all, struct fsck *ret, struct err *e)
{
	/* A loop device is no obstacle for e2fsck; only the lock tells that it is attached. */
	autoclose int lock = storage_ops_of(v->ops)->lock(v, e);

	return lock < 0 ? lock : volume_fsck_locked(v, all, ret, e);
}
