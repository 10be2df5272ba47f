/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configures the init system to start a login prompt on each terminal of the container. */
#include "setup/step/getty.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

/* Makes the link if wanted and the service exists, else removes it. */
static int place_link(struct setup *s, bool wanted, const char *target, const char *link,
		      struct err *e)
{
	int kind = tree_lkind(s->tree, link);

	if (wanted)
		return kind ? 0 : tree_symlink(s->tree, target, link, e);
	return kind == S_IFLNK ? tree_unlink(s->tree, link, 0, e) : 0;
}

/* Services are in /etc/sv (Void), /etc/runit/sv (Artix), or named getty-ttyN (Debian). */
int getty_runit(struct setup *s, struct err *e)
{
	static const char *const kinds[] = { "agetty", "getty" };
	const char *dir = tree_kind(s->tree, "/etc/runit/sv") == S_IFDIR ? "/etc/runit/sv"
									 : "/etc/sv";
	int n = 0;

	for (unsigned i = 0; n == 0 && i < ARRAY_SIZE(kinds) * GETTY_MAX; i++) {
		unsigned tty = i % GETTY_MAX + 1;
		autofree char *name = xasprintf("%s-tty%u", kinds[i / GETTY_MAX], tty);
		autofree char *service = xasprintf("%s/%s", dir, name);
		autofree char *link = xasprintf("/etc/runit/runsvdir/default/%s", name);

		if (tree_kind(s->tree, service) == S_IFDIR)
			n = place_link(s, tty <= s->conf->tty, service, link, e);
	}
	return n;
}

int getty_openrc(struct setup *s, struct err *e)
{
	int n = 0;

	if (tree_kind(s->tree, "/etc/init.d/agetty") != S_IFREG)
		return 0;
	for (unsigned tty = 1; n == 0 && tty <= GETTY_MAX; tty++) {
		autofree char *script = xasprintf("/etc/init.d/agetty.tty%u", tty);
		autofree char *link = xasprintf("/etc/runlevels/default/agetty.tty%u", tty);
		bool wanted = tty <= s->conf->tty;

		if (wanted)
			n = place_link(s, true, "agetty", script, e);
		if (n == 0)
			n = tree_mkdir(s->tree, "/etc/runlevels/default", 0755, e);
		if (n == 0)
			n = place_link(s, wanted, script, link, e);
	}
	return n;
}

int step_getty(struct setup *s, struct err *e)
{
	switch (s->init) {
	case INIT_SYSTEMD:
		return getty_systemd(s, e);
	case INIT_SYSVINIT:
	case INIT_BUSYBOX:
	case INIT_PROCD:
		return getty_inittab(s, e);
	case INIT_UPSTART:
		return getty_upstart(s, e);
	case INIT_RUNIT:
		return getty_runit(s, e);
	case INIT_OPENRC:
		return getty_openrc(s, e);
	case INIT_UNKNOWN:
		break;
	}
	return 0;
}
