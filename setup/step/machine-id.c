/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Renews /etc/machine-id, which containers of the same template must not share.
 *
 * With an empty file, systemd generates a new id, and does not treat the boot as the first one
 * (machine-id(5)).  Without the file, it would: it would enable all units of the presets, and
 * systemd-firstboot could wait for input on an unattended console.  Without systemd, the file is
 * removed, and D-Bus generates a new one.
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

	/* Its marker covers the copy of D-Bus, too. */
	if (tree_is_ignored(s->tree, MACHINE_ID)) {
		report_file(s->report, s->step, MACHINE_ID, FILE_IGNORED);
		return 0;
	}
	/* Else dbus-uuidgen(1) would copy it to the other file. */
	if (tree_lkind(s->tree, DBUS_ID) == S_IFREG) {
		n = tree_unlink(s->tree, DBUS_ID, 0, e);
		if (n < 0)
			return n;
	}
	if (!has_systemd(s->tree))
		return tree_unlink(s->tree, MACHINE_ID, 0, e);
	return tree_write(s->tree, MACHINE_ID, "", 0444, ROOTFS_REPLACE_LINK, e);
}
