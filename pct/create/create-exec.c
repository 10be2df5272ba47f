/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pct runs create and distro by executing pct-create, which is beside the hooks.  Only they need
 * libarchive, whose thirty libraries would delay each start of pct by 8 ms.
 */
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/create/password-options.h"

static int exec_pct_create(const struct args *args, struct err *e)
{
	autofree char *program = xasprintf("%s/pct-create", path_hooks());
	int r = secret_hand_over(args, e);

	if (r < 0)
		return r;
	execv(program, args->argv);
	err_sys(e, program, "run");
	return err_remedy(e, "reinstall the suite (make install)");
}

int cmd_create(const struct args *args, struct err *e)
{
	return exec_pct_create(args, e);
}

int cmd_distro(const struct args *args, struct err *e)
{
	return exec_pct_create(args, e);
}
