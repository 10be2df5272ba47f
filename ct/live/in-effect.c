/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/live/in-effect.h"

#include <errno.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

int in_effect_write(const struct conf_file *f, struct err *e)
{
	autofree char *path = runfile(conf_values(f)->ctid, RUNFILE_CONFIG), *text = conf_text(f);

	return file_write_volatile(path, text, strlen(text), 0600, e);
}

int in_effect_load(unsigned ctid, struct conf_file **ret, struct err *e)
{
	autofree char *path = runfile(ctid, RUNFILE_CONFIG);

	return conf_load(path, ctid, ret, e);
}

int in_effect_sizes(const struct conf_file *f, struct err *e)
{
	const struct conf *conf = conf_values(f);
	struct conf_file *now = NULL;
	int r = in_effect_load(conf->ctid, &now, e);

	if (r == -ENOENT)
		return 0;
	for (size_t i = 0; r == 0 && i < conf->n_volumes; i++) {
		const struct conf_volume *v = &conf->volumes[i];
		const struct conf_volume *used = conf_volume_find(conf_values(now), v->slot);

		if (used && str_eq(used->id, v->id) && used->mib != v->mib)
			r = conf_set_volume_size(now, v->slot, v->mib, e);
	}
	if (r == 0)
		r = in_effect_write(now, e);
	conf_free(now);
	return r;
}

bool in_effect_needs_start(const char *option)
{
	const struct conf_option *o = conf_option_find(option);

	return o && !(o->flags & CONF_OPT_NOTE) && !str_eq(o->name, "lock");
}

int in_effect_change(const struct conf_file *from, const struct conf_file *to, struct err *e)
{
	struct conf_file *now = NULL;
	struct conf_changes changes;
	int r = in_effect_load(conf_values(to)->ctid, &now, e);

	if (r < 0)
		return r;
	conf_diff(from, to, &changes);
	for (size_t i = 0; i < changes.n && r == 0; i++)
		if (in_effect_needs_start(changes.v[i].name))
			r = conf_change_make(now, &changes.v[i], e);
	conf_changes_done(&changes);
	if (r == 0)
		r = in_effect_write(now, e);
	conf_free(now);
	return r;
}
