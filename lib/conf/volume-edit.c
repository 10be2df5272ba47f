/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock, which no user sets, and the volumes that a config names in any way. */
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
