/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/mkfs.h"

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/run.h"

int mkfs_ext4(const char *path, bool zeroed, struct err *e)
{
	/*
	 * Fast: the kernel zeroes tables later, and zeros need no zeroing.  No reserved blocks,
	 * since root of an unprivileged container cannot use them.
	 */
	const char *const mke2fs[] = {
		"mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-E",
		zeroed ? "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0"
		       : "lazy_itable_init=1,nodiscard,root_owner=0:0",
		path, NULL,
	};

	return run_program(mke2fs, e) < 0 ? err_wrap(e, "%s", path) : 0;
}
