/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd.preset(5): what `systemctl preset-all` and a first boot must not enable in a container.
 * Written once, at creation: later it is the administrator's.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "setup/renderer.h"
#include "setup/step.h"

#define DIR "/etc/systemd/system-preset"

static bool networkd_is_enabled(struct tree *t)
{
	static const char *const links[] = {
		"/etc/systemd/system/multi-user.target.wants/systemd-networkd.service",
		"/etc/systemd/system/dbus-org.freedesktop.network1.service",
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (tree_lkind(t, links[i]) == S_IFLNK)
			return true;
	return false;
}

int step_presets(struct setup *s, struct err *e)
{
	autobuf b = BUF_INIT;
	bool no_networkd = s->renderer && s->renderer->stands_alone;
	int n;

	if (s->init != INIT_SYSTEMD)
		return 0;
	buf_add(&b, "# Written by pct when the container was created.\n"
		    "enable container-getty@.service\n"
		    "disable getty@.service\n"
		    "disable sys-kernel-config.mount\n"
		    "disable sys-kernel-debug.mount\n");
	if (no_networkd)
		buf_add(&b, "disable systemd-networkd.service\n");
	if (no_networkd && networkd_is_enabled(s->tree))
		report_note(s->report, NOTE_INFO, "presets",
			    "run `systemctl disable systemd-networkd` in the container",
			    "systemd-networkd is enabled beside %s; it has nothing to configure",
			    s->renderer->name);
	n = tree_mkdir(s->tree, DIR, 0755, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, DIR "/00-pve.preset", buf_str(&b), 0, ROOTFS_REPLACE_LINK, e);
}
