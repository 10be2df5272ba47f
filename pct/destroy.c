/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct.h"
#include "lib/conf/startup.h"
#include "pct/cmd.h"
#include "pct/each.h"
#include "pct/notes.h"

const struct option_def destroy_options[] = {
	{ "force", "[0|1]",
	  "Stop a running container first; leave volumes that pct cannot "
	  "remove, and name them" },
	{ "keep-volumes", "[0|1]",
	  "Leave the volumes of mpN and unusedN, and name them: a new container with this "
	  "number takes one with --mpN VOLUME,mp=PATH" },
	{ 0 },
};

static int destroy(const struct args *args, const struct startup_ct *which, struct err *e)
{
	const struct destroy how = { .force = args_flag(args, "force"),
				     .keep_volumes = args_flag(args, "keep-volumes") };
	struct ct ct;
	int r = ct_open(which->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_destroy(&ct, &how, e);
	return finish_ct(&ct, r);
}

int cmd_destroy(const struct args *args, struct err *e)
{
	return each_given(args, destroy, e);
}
