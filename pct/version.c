/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "lib/runtime/runtime.h"
#include "pct/cmd.h"

int print_version(void)
{
	printf("pct %s, liblxc %s\n", PCT_VERSION, runtime_version());
	return 0;
}

int cmd_version(const struct args *args, struct err *e)
{
	(void)args;
	(void)e;
	return print_version();
}
