/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/runtime/runtime.h"

static void lower_saved(unsigned ctid)
{
	autofree char *text = NULL;
	struct ct saved;

	if (ct_open(ctid, CT_LOAD, &saved, NULL) == 0 &&
	    ct_lower_text(saved.file, &text, NULL) == 0)
		ct_write_lowered(ctid, text, NULL);
	ct_close(&saved);
}

/* The runtime config comes first: if it cannot be written, the config stays unchanged. */
int ct_commit_lowered(const struct conf_file *f, const char *lowered, struct err *e)
{
	unsigned ctid = conf_values(f)->ctid;
	int r = ct_write_lowered(ctid, lowered, e);

	if (r == 0)
		r = store()->save(f, e);
	if (r < 0)
		lower_saved(ctid);
	return r;
}

int ct_commit(const struct conf_file *f, struct err *e)
{
	autofree char *text = NULL;
	int r = ct_lower_text(f, &text, e);

	/* liblxc must be able to load the config of a running container, for example to stop it. */
	if (r == 0)
		r = runtime_check(conf_values(f)->ctid, text, e);
	return r < 0 ? r : ct_commit_lowered(f, text, e);
}
