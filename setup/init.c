/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the container's init, which decides about inittab, units and /fastboot. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/program.h"
#include "setup/step.h"

static bool has_upstart(struct tree *t)
{
	return tree_is_exec(t, "/sbin/initctl") && tree_kind(t, "/etc/init") == S_IFDIR;
}

/* For an init whose name does not tell its kind: "init" itself, or NixOS's script. */
static enum init_kind by_surroundings(struct tree *t)
{
	if (tree_kind(t, "/nix/store") == S_IFDIR)
		return INIT_SYSTEMD;
	if (tree_is_exec(t, "/sbin/procd"))
		return INIT_PROCD;
	if (has_upstart(t))
		return INIT_UPSTART;
	if (tree_kind(t, "/etc/inittab") == S_IFREG && tree_kind(t, "/etc/init.d") == S_IFDIR)
		return INIT_SYSVINIT;
	return INIT_UNKNOWN;
}

const char *init_name(enum init_kind kind)
{
	static const char *const names[] = {
		[INIT_SYSTEMD] = "systemd", [INIT_SYSVINIT] = "sysvinit",
		[INIT_BUSYBOX] = "busybox", [INIT_OPENRC] = "openrc",
		[INIT_RUNIT] = "runit",     [INIT_UPSTART] = "upstart",
		[INIT_PROCD] = "procd",
	};

	return (size_t)kind < ARRAY_SIZE(names) ? names[kind] : NULL;
}

enum init_kind init_probe(struct tree *t)
{
	static const struct {
		const char *prefix;
		enum init_kind kind;
	} names[] = {
		{ "systemd", INIT_SYSTEMD }, { "busybox", INIT_BUSYBOX },
		{ "runit", INIT_RUNIT },     { "openrc-init", INIT_OPENRC },
		{ "procd", INIT_PROCD },     { "upstart", INIT_UPSTART },
		{ "dinit", INIT_UNKNOWN },   { "s6", INIT_UNKNOWN },
	};
	autofree char *name = program_real_name(t, "/sbin/init");

	for (size_t i = 0; name && i < ARRAY_SIZE(names); i++)
		if (str_after(name, names[i].prefix))
			return names[i].kind;
	if (!name && tree_kind(t, "/nix/store") != S_IFDIR)
		return INIT_UNKNOWN;
	/* A hard link or copy of busybox has any name. */
	return name && program_is_busybox(t, "/sbin/init") ? INIT_BUSYBOX : by_surroundings(t);
}
