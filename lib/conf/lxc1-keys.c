/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of LXC 1 and their names since LXC 2.1 (lxc-update-config). */
#include "lib/conf/conf-internal.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/util.h"

const struct conf_rename conf_renames[] = {
	{ "lxc.aa_allow_incomplete", "lxc.apparmor.allow_incomplete" },
	{ "lxc.aa_profile", "lxc.apparmor.profile" },
	{ "lxc.console", "lxc.console.path" },
	{ "lxc.devttydir", "lxc.tty.dir" },
	{ "lxc.haltsignal", "lxc.signal.halt" },
	{ "lxc.id_map", "lxc.idmap" },
	{ "lxc.init_cmd", "lxc.init.cmd" },
	{ "lxc.init_gid", "lxc.init.gid" },
	{ "lxc.init_uid", "lxc.init.uid" },
	{ "lxc.logfile", "lxc.log.file" },
	{ "lxc.loglevel", "lxc.log.level" },
	{ "lxc.mount", "lxc.mount.fstab" },
	{ "lxc.pts", "lxc.pty.max" },
	{ "lxc.rebootsignal", "lxc.signal.reboot" },
	{ "lxc.rootfs", "lxc.rootfs.path" },
	{ "lxc.se_context", "lxc.selinux.context" },
	{ "lxc.seccomp", "lxc.seccomp.profile" },
	{ "lxc.stopsignal", "lxc.signal.stop" },
	{ "lxc.syslog", "lxc.log.syslog" },
	{ "lxc.tty", "lxc.tty.max" },
	{ "lxc.utsname", "lxc.uts.name" },
};
const size_t conf_n_renames = ARRAY_SIZE(conf_renames);

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct conf_rename *)row)->old);
}

/* lxc.limit.NAME became lxc.prlimit.NAME; conf_lines() translates these. */
const char *conf_name_today(const char *spelt)
{
	const struct conf_rename *row;

	row = bsearch(spelt, conf_renames, conf_n_renames, sizeof *conf_renames, compare);
	return row ? row->today : spelt;
}

const char *conf_net_name_today(const char *spelt)
{
	if (str_eq(spelt, "ipv4"))
		return "ipv4.address";
	return str_eq(spelt, "ipv6") ? "ipv6.address" : spelt;
}

bool conf_name_removed(const char *today)
{
	static const char *const removed[] = { "lxc.kmsg", "lxc.pivotdir", "lxc.rootfs.backend" };

	for (size_t i = 0; i < ARRAY_SIZE(removed); i++)
		if (str_eq(today, removed[i]))
			return true;
	return false;
}
