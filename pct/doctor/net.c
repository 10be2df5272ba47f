/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the nftables rules of running containers with firewall=1. */
#include <errno.h>
#include <stdlib.h>

#include "ct/ct.h"
#include "ct/ids.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/port.h"
#include "pct/doctor/doctor.h"

/*
 * Checks again under the lock, because pct set may just be making the rules.  Returns 1 if it has
 * renewed them, 0 if there is nothing to do.
 */
static int renew(const struct conf *conf, const struct net *net, struct err *e)
{
	enum port_rules rules = PORT_RULES_UNUSED;
	struct ct ct;
	int r = ct_open(conf->ctid, CT_LOCK, &ct, e);

	if (r == 0 && ct_is_running(conf->ctid))
		r = port_check_rules(conf, net, &rules, e);
	if (r == 0 && rules >= PORT_RULES_OTHER) {
		r = port_renew_rules(conf, net, e);
		r = r < 0 ? r : 1;
	}
	ct_close(&ct);
	return r;
}

static void check_net(struct doctor *d, const struct conf *conf, const struct net *net)
{
	autofree char *object = xasprintf("net%u of container %u", net->index, conf->ctid);
	enum port_rules rules = PORT_RULES_UNUSED;
	struct err e;
	int r = port_check_rules(conf, net, &rules, &e);

	if (r == 0 && rules < PORT_RULES_OTHER)
		return;
	if (r == 0 && d->fix)
		r = renew(conf, net, &e);
	if (r < 0) {
		doctor_add(d, DOCTOR_ERROR, &e);
		return;
	}
	if (d->fix && r == 0)
		return;
	err_set(&e, ENOENT, object, rules == PORT_RULES_NONE
			? "has firewall=1, but its rules are gone: its frames are not filtered"
			: "has firewall=1, but its rules are not those of this version of pct");
	if (!d->fix)
		err_remedy(&e, "pct doctor --fix restores them");
	doctor_add(d, d->fix ? DOCTOR_FIXED : rules == PORT_RULES_NONE ? DOCTOR_ERROR
								      : DOCTOR_WARNING, &e);
}

void doctor_rules(struct doctor *d)
{
	struct ids all = { 0 };

	/* doctor_configs() has reported configs that cannot be read. */
	(void)!ids_find_all(&all, NULL);
	for (size_t i = 0; i < all.n; i++) {
		struct ct ct;

		if (!ct_is_running(all.v[i]))
			continue;
		if (ct_open(all.v[i], CT_LOAD, &ct, NULL) == 0) {
			const struct conf *conf = conf_values(ct.file);

			for (size_t n = 0; n < conf->n_nets; n++)
				check_net(d, conf, &conf->nets[n]);
		}
		ct_close(&ct);
	}
	free(all.v);
}
