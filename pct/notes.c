/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/notes.h"

#include <stdio.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"

int finish_ct(struct ct *ct, int r)
{
	for (char **note = ct->notes; note && *note; note++) {
		/* A note may quote files of the container. */
		text_sanitize(*note, "");
		fprintf(stderr, "pct: warning: container %u: %s\n", ct->ctid, *note);
	}
	ct_close(ct);
	return r;
}

static void note_hidden_ids(struct ct *ct, const struct conf *conf, const char *slot)
{
	const struct conf_volume *v = conf_volume_find(conf, slot);
	struct err e;

	if (v && volume_hides_ids(conf, v, &e))
		ct_note(ct, "%s: %s: %s; %s", slot, e.object, e.cause, e.remedy);
}

void note_ignored(struct ct *ct, const struct args *args, const struct conf_file *f)
{
	for (size_t i = 0; i < args->n_options; i++) {
		const char *name = args->options[i].name;
		autofree char *why = conf_ignored(f, name);

		if (why)
			ct_note(ct, "%s: %s", name, why);
		note_hidden_ids(ct, conf_values(f), name);
	}
}

int require_running(unsigned ctid, struct err *e)
{
	struct ct ct;
	int r = ct_open(ctid, 0, &ct, e);

	return finish_ct(&ct, r < 0 ? r : ct_require_running(&ct, e));
}
