/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/machine-id: a template's must not be shared by all that is made from it.
 *
 * systemd generates a new one for an empty file, and does not take the boot for a first one
 * (machine-id(5)).  Were the file absent, it would: it would enable all that the distribution's
 * presets enable, whatever the template says, and systemd-firstboot could wait for answers on a
 * console that nobody looks at.  Without systemd the file goes, and D-Bus makes a new one.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"

#define MACHINE_ID "/etc/machine-id"
#define DBUS_ID "/var/lib/dbus/machine-id"

static bool has_systemd(struct tree *t)
{
	return tree_is_exec(t, "/lib/systemd/systemd") ||
	       tree_is_exec(t, "/usr/lib/systemd/systemd");
}

int step_machine_id(struct setup *s, struct err *e)
{
	int n;

	if (!has_systemd(s->tree))
		return tree_unlink(s->tree, MACHINE_ID, 0, e);
	if (tree_lkind(s->tree, DBUS_ID) == S_IFREG) {
		n = tree_unlink(s->tree, DBUS_ID, 0, e);
		if (n < 0)
			return n;
	}
	return tree_write(s->tree, MACHINE_ID, "", 0444, ROOTFS_REPLACE_LINK, e);
}
