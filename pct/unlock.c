/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct unlock */
#include "ct/ct.h"
#include "pct/cmd.h"
#include "pct/notes.h"

int cmd_unlock(const struct args *args, struct err *e)
{
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOCK | CT_LOAD, &ct, e);

	return finish_ct(&ct, r < 0 ? r : ct_remove_lock(&ct, e));
}
