/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "ct/check/ids.h"
#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/startup.h"
#include "pct/cmd.h"
#include "pct/each.h"
#include "pct/notes.h"
#include "pct/output.h"

const struct option_def rescan_options[] = {
	{ "vmid", "CTID", "Only this container (all)" },
	{ "dryrun", "[0|1]", "Only show what would change" },
	{ 0 },
};

static int rescan(const struct args *args, const struct startup_ct *which, struct err *e)
{
	bool dry = args_flag(args, "dryrun");
	autostrv char **changes = NULL;
	struct ct ct;
	int r = ct_open(which->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_rescan(&ct, dry, &changes, e);
	for (char **change = changes; change && *change; change++)
		printf("%u: %s%s\n", which->ctid, *change, dry ? " (not changed)" : "");
	output_flush(NULL);
	return finish_ct(&ct, r);
}

static int rescan_all(const struct args *args, struct err *e)
{
	struct startup_ct *v;
	struct ids all = { 0 };
	int r = ids_find_all(&all, e);

	if (r < 0)
		return r;
	v = xcalloc(all.n, sizeof *v);
	for (size_t i = 0; i < all.n; i++)
		v[i] = (struct startup_ct){ all.v[i], STARTUP_NONE };
	r = !each_run(v, all.n, 1, rescan, args);
	free(v);
	free(all.v);
	return r;
}

int cmd_rescan(const struct args *args, struct err *e)
{
	const char *vmid = args_option(args, "vmid");
	struct startup_ct one = { 0, STARTUP_NONE };

	if (!vmid)
		return rescan_all(args, e);
	if (!parse_ctid(vmid, &one.ctid))
		return err_set(e, ERR_USAGE, "--vmid",
			       "not a CTID, a number from 100 to 999999999: "
			       "\"%s\"",
			       vmid);
	return rescan(args, &one, e);
}
