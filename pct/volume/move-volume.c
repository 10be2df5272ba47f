/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/notes.h"

const struct option_def move_volume_options[] = {
	{ "delete", "[0|1]", "Remove the old volume; without it, it becomes unusedN" },
	{ 0 },
};

int cmd_move_volume(const struct args *args, struct err *e)
{
	const char *slot = args->positional[0], *storage = args->positional[1];
	autofree char *id = NULL;
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_move_volume(&ct, slot, storage, args_flag(args, "delete"), &id, e);
	if (id)
		printf("%s: %s\n", slot, id);
	return finish_ct(&ct, r);
}
