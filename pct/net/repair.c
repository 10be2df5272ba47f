/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct net --repair: plugs running containers in again, after a restart of the host's network. */
#include <stdio.h>
#include <stdlib.h>

#include "ct/check/ids.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/net/net.h"
#include "pct/notes.h"

struct counts {
	size_t repaired, failed;
};

static void repair_net(const struct ct *ct, const struct net *net, struct counts *counts)
{
	autofree char *fault = NULL;
	struct err e;

	if (ct_repair_net(ct, net, &fault, &e) < 0) {
		err_wrap(&e, "net%u of container %u", net->index, ct->ctid);
		err_print(&e, "pct", stderr);
		counts->failed++;
	} else if (fault) {
		printf("net%u of container %u: repaired: %s\n", net->index, ct->ctid, fault);
		counts->repaired++;
	}
}

static int repair_ct(unsigned ctid, struct counts *counts, struct err *e)
{
	struct ct ct;
	int r = ct_open(ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_load_in_effect(&ct, e);
	if (r == 0)
		r = ct_require_running(&ct, e);
	for (size_t i = 0; r == 0 && i < conf_values(ct.file)->n_nets; i++)
		repair_net(&ct, &conf_values(ct.file)->nets[i], counts);
	return finish_ct(&ct, r);
}

/* A container that fails does not stop the others. */
static int repair_all(struct counts *counts, struct err *e)
{
	struct ids all = { 0 };
	int r = ids_find_all(&all, e);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		struct err failure;

		/* It may stop while this waits for its lock. */
		if (!ct_is_running(all.v[i]) || repair_ct(all.v[i], counts, &failure) == 0 ||
		    !ct_is_running(all.v[i]))
			continue;
		err_print(&failure, "pct", stderr);
		counts->failed++;
	}
	free(all.v);
	return r;
}

int net_repair(unsigned ctid, struct err *e)
{
	struct counts counts = { 0 };
	int r = ctid ? repair_ct(ctid, &counts, e) : repair_all(&counts, e);

	if (r == 0 && !counts.repaired && !counts.failed)
		printf("nothing to repair\n");
	return r < 0 ? r : counts.failed > 0;
}
