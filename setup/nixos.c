/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/nixos.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/util.h"
#include "setup/tree.h"

char *nixos_source(struct tree *t, const char *path)
{
	const char *rest = str_after(path, "/etc/");

	if (!rest || tree_kind(t, NIXOS_ETC) != S_IFDIR)
		return NULL;
	do {
		autofree char *source = NULL;

		rest += strcspn(rest, "/");
		source = xasprintf(NIXOS_ETC "%.*s", (int)(rest - path) - 4, path + 4);
		if (tree_lkind(t, source) == S_IFLNK)
			return steal(&source);
	} while (*rest++);
	return NULL;
}
