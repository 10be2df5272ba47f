/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct mount and pct unmount. */
#include <stdio.h>

#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/notes.h"

int cmd_mount(const struct args *args, struct err *e)
{
	autofree char *target = path_rootfs(args->ctid);
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_mount(&ct, e);
	if (r == 0)
		printf("%s\n", target);
	return finish_ct(&ct, r);
}

int cmd_unmount(const struct args *args, struct err *e)
{
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_unmount(&ct, e);
	return finish_ct(&ct, r);
}
