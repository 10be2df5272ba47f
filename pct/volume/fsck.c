/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/storage/upkeep.h"
#include "pct/cmd.h"
#include "pct/notes.h"
#include "pct/output.h"

const struct option_def fsck_options[] = {
	{ "device", "SLOT", "The volume to check: rootfs, mp0 ... (rootfs)" },
	{ "force", "[0|1]", "Repair all errors, also where that loses data" },
	{ 0 },
};

static int judge(unsigned ctid, const char *slot, bool force, enum fsck_result result,
		 struct err *e)
{
	switch (result) {
	case FSCK_CLEAN:
		printf("%s: no errors\n", slot);
		return 0;
	case FSCK_REPAIRED:
		printf("%s: the errors are repaired\n", slot);
		return 0;
	case FSCK_ERRORS:
		break;
	}
	err_set(e, EUCLEAN, slot, "errors are left");
	if (force)
		return err_remedy(e, "copy what can be read, and restore the rest from a backup");
	return err_remedy(e,
			  "pct fsck %u --device %s --force repairs all, and may lose the damaged "
			  "files; first copy the volume if you have no backup",
			  ctid, slot);
}

int cmd_fsck(const struct args *args, struct err *e)
{
	const char *device = args_option(args, "device"), *slot = device ? device : "rootfs";
	bool force = args_flag(args, "force");
	struct fsck fsck = { 0 };
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_fsck(&ct, slot, force, &fsck, e);
	if (r == 0) {
		/* e2fsck quotes names of the container's files. */
		text_sanitize(fsck.said, "\n");
		printf("%s%s", fsck.said, *fsck.said ? "\n" : "");
		r = judge(args->ctid, slot, force, fsck.result, e);
		output_flush(NULL);
	}
	free(fsck.said);
	return finish_ct(&ct, r);
}
