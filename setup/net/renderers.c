/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network step: finds the consumer, and calls its renderer. */
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/net/dhcpcd-conf.h"
#include "setup/net/renderer.h"
#include "setup/net/udhcpc.h"
#include "setup/step.h"

/* Of consumers in the same state, the first one is chosen. */
const struct renderer *const renderers[] = {
	&renderer_ifcfg,
	&renderer_ifcfg_rh,
	&renderer_wicked,
	&renderer_uci,
	&renderer_ifupdown,
	&renderer_netifrc,
	&renderer_netplan,
	&renderer_networkd,
	&renderer_networkmanager,
	&renderer_dhcpcd,
	NULL,
};

static void add_consumer(struct report *r, const char *name, char *why, bool enabled)
{
	r->consumers = xrealloc(r->consumers, r->n_consumers + 1, sizeof *r->consumers);
	r->consumers[r->n_consumers++] = (struct found_consumer){ xstrdup(name), why, enabled };
}

const struct renderer *renderer_find(struct setup *s, enum consumer_state *ret_state,
				     char **ret_why)
{
	const struct renderer *best = NULL;

	*ret_state = CONSUMER_ABSENT;
	*ret_why = NULL;
	for (const struct renderer *const *r = renderers; *r; r++) {
		char *why = NULL;
		enum consumer_state state = (*r)->probe(s, &why);

		if (state > *ret_state) {
			free(*ret_why);
			*ret_why = xstrdup(why);
			*ret_state = state;
			best = *r;
		}
		if (state != CONSUMER_ABSENT)
			add_consumer(s->report, (*r)->name, why, state == CONSUMER_ENABLED);
		else
			free(why);
	}
	return best;
}

int step_network(struct setup *s, struct err *e)
{
	int n = s->renderer ? s->renderer->render(s, e) : 0;

	if (n == 0 && s->renderer != &renderer_dhcpcd)
		n = dhcpcd_client_write(s, e);
	if (n == 0)
		n = udhcpc_client_write(s, e);
	/* After rendering, because files that pct has replaced are no findings. */
	network_findings(s);
	return n;
}
