/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock, which no user sets, and the volumes that a config names in any way. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"

int conf_put_lock(struct conf_file *f, const char *lock, struct err *e)
{
	return f->original ? conf_pve_put_key(f, "lock", lock, e)
			   : conf_put_line(f, "pve.lock", lock, e);
}

bool conf_names_volume(const struct conf_file *f, const char *id)
{
	const char *text = f->original ? f->original : f->text;
	size_t len = strlen(id);

	for (const char *at = text; (at = strstr(at, id)); at += len) {
		const char *line = at;

		while (line > text && line[-1] != '\n')
			line--;
		if (*line != '#' && (at == line || strchr(" \t=:,", at[-1])) &&
		    (!at[len] || strchr(" \t\r\n,", at[len])))
			return true;
	}
	return false;
}

/* The volume of a value of mpN; NULL: a folder or device of the host, or not a volume id. */
static char *volume_of(const char *value)
{
	autofree char *sorted = conf_slot_sorted(conf_volume_words, value);
	char *id = xstrndup(sorted, strcspn(sorted, ","));

	if (*id != '/' && conf_volid_check(id, NULL) == 0)
		return id;
	free(id);
	return NULL;
}

int conf_keep_pending_volumes(struct conf_file *f, const struct conf_file *before, struct err *e)
{
	struct conf_changes changes;
	int r = 0;

	conf_pending(before, &changes);
	for (size_t i = 0; i < changes.n && r == 0; i++) {
		const struct conf_change *c = &changes.v[i];
		autofree char *id = c->new && str_eq(c->option->name, "mpN") ? volume_of(c->new) :
									       NULL;

		if (id && !conf_names_volume(f, id))
			r = conf_add_unused(f, id, NULL, e);
	}
	conf_changes_done(&changes);
	return r;
}
