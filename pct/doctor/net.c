/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the networks of running containers. */
#include <errno.h>
#include <stdlib.h>

#include "ct/check/ids.h"
#include "ct/ct.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/doctor/doctor.h"

/* Looks again under the lock, because pct set may just be changing the network. */
static int repair(const struct conf *conf, const struct net *net, char **ret, struct err *e)
{
	struct ct ct;
	int r = ct_open(conf->ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_load_in_effect(&ct, e);
	if (r == 0 && ct_is_running(conf->ctid))
		r = ct_repair_net(&ct, net, ret, e);
	ct_close(&ct);
	return r;
}

static void check_net(struct doctor *d, const struct conf *conf, const struct net *net)
{
	autofree char *object = xasprintf("net%u of container %u", net->index, conf->ctid);
	autofree char *fault = NULL, *repaired = NULL;
	struct err e;
	int r = ct_find_net_fault(conf, net, &fault, &e);

	if (r == 0 && !fault)
		return;
	if (r == 0 && d->fix)
		r = repair(conf, net, &repaired, &e);
	/* It has stopped meanwhile. */
	if (r < 0 && !ct_is_running(conf->ctid))
		return;
	if (r < 0) {
		err_wrap(&e, "%s", object);
		doctor_add(d, DOCTOR_ERROR, &e);
		return;
	}
	if (d->fix && !repaired)
		return;
	err_set(&e, ENETDOWN, object, "%s", d->fix ? repaired : fault);
	if (!d->fix)
		err_remedy(&e, "pct net %u --repair, or pct doctor --fix", conf->ctid);
	doctor_add(d, d->fix ? DOCTOR_FIXED : DOCTOR_ERROR, &e);
}

void doctor_networks(struct doctor *d)
{
	struct ids all = { 0 };

	/* doctor_configs() has reported configs that cannot be read, and missing bridges. */
	(void)!ids_find_all(&all, NULL);
	for (size_t i = 0; i < all.n; i++) {
		struct ct ct;
		struct err e;

		if (ct_state(all.v[i]) != CT_RUNNING)
			continue;
		if (ct_open(all.v[i], 0, &ct, NULL) == 0 && ct_load_in_effect(&ct, &e) == 0) {
			const struct conf *conf = conf_values(ct.file);

			for (size_t n = 0; n < conf->n_nets; n++)
				if (ct_check_bridge(conf, n, NULL) == 0)
					check_net(d, conf, &conf->nets[n]);
		}
		ct_close(&ct);
	}
	free(all.v);
}
