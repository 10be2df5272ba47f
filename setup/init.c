/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which program is the container's init: it decides who reads inittab, units and /fastboot. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/err.h"
#include "lib/util.h"
#include "setup/step.h"

#define MAX_LINKS 10

/* The last name in the chain of links; debian's alternatives make such chains.  NULL: no file. */
static char *last_name(struct tree *t, const char *path)
{
	autofree char *at = xstrdup(path);

	for (unsigned i = 0; i < MAX_LINKS && tree_lkind(t, at) == S_IFLNK; i++) {
		autofree char *target = NULL, *old = NULL;
		struct err ignored;

		if (tree_readlink(t, at, &target, &ignored) < 0)
			return NULL;
		old = steal(&at);
		if (target[0] == '/')
			at = steal(&target);
		else
			at = xasprintf("%.*s/%s", (int)(strrchr(old, '/') - old), old, target);
	}
	if (tree_kind(t, at) != S_IFREG)
		return NULL;
	return xstrdup(strrchr(at, '/') + 1);
}

enum init_kind init_probe(struct tree *t)
{
	autofree char *name = last_name(t, "/sbin/init");

	if (!name)
		return INIT_UNKNOWN;
	if (str_eq(name, "systemd"))
		return INIT_SYSTEMD;
	if (str_after(name, "busybox"))
		return INIT_BUSYBOX;
	if (tree_kind(t, "/etc/inittab") == S_IFREG && tree_kind(t, "/etc/init.d") == S_IFDIR)
		return INIT_SYSVINIT;
	return INIT_UNKNOWN;
}
