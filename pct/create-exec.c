/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * create and distro, as pct has them: pct-create, beside the hooks, has the real ones.  They alone
 * need libarchive, and the thirty libraries behind it would cost each pct 8 ms.
 */
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/password-options.h"

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
