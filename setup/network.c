/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network step: find who reads the network files, and have them written for it. */
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "setup/renderer.h"
#include "setup/step.h"

/* In the order in which equals are preferred. */
static const struct renderer *const renderers[] = {
	&renderer_ifupdown,
};

const struct renderer *renderer_find(struct setup *s, enum consumer_state *ret_state,
				     char **ret_why)
{
	const struct renderer *best = NULL;
	enum consumer_state best_state = CONSUMER_ABSENT;
	char *best_why = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(renderers); i++) {
		autofree char *why = NULL;
		enum consumer_state state = renderers[i]->probe(s, &why);

		if (state <= best_state)
			continue;
		free(best_why);
		best_why = steal(&why);
		best_state = state;
		best = renderers[i];
	}
	*ret_state = best_state;
	*ret_why = best_why;
	return best;
}

static bool wants_network(const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_nets; i++)
		if (conf->nets[i].ip4.method != IP_NONE || conf->nets[i].ip6.method != IP_NONE)
			return true;
	return false;
}

int step_network(struct setup *s, struct err *e)
{
	autostrv char **known = NULL;
	autofree char *list = NULL;

	if (s->renderer && s->init == INIT_SYSTEMD && s->consumer_state != CONSUMER_ENABLED &&
	    wants_network(s->conf))
		report_note(s->report, NOTE_WARNING, "network", "enable it in the container",
			    "%s is installed, but no unit of systemd starts it",
			    s->renderer->name);
	if (s->renderer)
		return s->renderer->render(s, e);
	if (!wants_network(s->conf))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(renderers); i++)
		strv_push(&known, renderers[i]->name);
	list = strv_join(known, ", ");
	report_note(s->report, NOTE_WARNING, "network",
		    "configure it inside, or install ifupdown in the container",
		    "no program in the container reads network files that can be written here "
		    "(%s); its addresses are not set", list);
	return 0;
}
