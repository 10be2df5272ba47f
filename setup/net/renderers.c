/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network step: finds the consumer, and calls its renderer. */
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/managed.h"
#include "setup/net/dhcp/dhclient.h"
#include "setup/net/dhcp/dhcpcd-conf.h"
#include "setup/net/dhcp/udhcpc.h"
#include "setup/net/link-down.h"
#include "setup/net/ports.h"
#include "setup/net/renderer.h"
#include "setup/net/udev-calls.h"
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

#define MAX_ASIDE 16 /* files for an interface; further ones are findings */

/* Moves a template's files that override pct's out of the way: no administrator has made them. */
static int put_aside(struct setup *s, const char *ifname, struct err *e)
{
	int n = 0;

	for (unsigned i = 0; n == 0 && i < MAX_ASIDE; i++) {
		autofree char *path = s->renderer->claims(s, ifname), *text = NULL;

		if (!path || !str_after(path, "/etc/") || tree_lkind(s->tree, path) != S_IFREG ||
		    tree_is_ignored(s->tree, path))
			return 0;
		n = tree_read(s->tree, path, &text, e);
		if (n == 0)
			n = managed_keep_aside(s, path, text, e);
		if (n == 0)
			n = tree_unlink(s->tree, path, 0, e);
		if (n == 0)
			report_note(s->report, NOTE_INFO, "network", NULL,
				    "%s of the template configured %s, too; it is now in "
				    "/var/lib/pct/saved", path, ifname);
	}
	return n;
}

int step_network(struct setup *s, struct err *e)
{
	int n = ports_release(s, e);

	if (n == 0 && s->renderer)
		n = s->renderer->render(s, e);

	if (n == 0 && s->renderer != &renderer_dhcpcd)
		n = dhcpcd_client_write(s, e);
	if (n == 0)
		n = udhcpc_client_write(s, e);
	if (n == 0)
		n = dhclient_client_write(s, e);
	if (n == 0)
		n = link_down_prevent(s, e);
	if (n == 0)
		n = udev_calls_allow_failure(s, e);
	/* After rendering: claims() is about files that pct does not replace. */
	for (size_t i = 0; n == 0 && s->phase == PHASE_CREATE && s->renderer &&
			   s->renderer->claims && i < s->conf->n_nets; i++)
		if (net_is_configured(&s->conf->nets[i]))
			n = put_aside(s, s->conf->nets[i].name, e);
	/* After rendering, because files that pct has replaced are no findings. */
	network_findings(s);
	return n;
}
