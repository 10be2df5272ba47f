/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options of Proxmox VE's create and set that pct does not have.  Scripts give some of them with
 * the value that describes what pct does anyway: create takes these values.
 */
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "pct/cmd.h"

#define FLAG "[0|1]"

static const struct pve_option {
	const char *name;
	const char *arg;     /* as in struct option_def */
	const char *taken;   /* values that create takes, separated by '|'; NULL: none */
	const char *instead; /* another way, or why it is not needed */
	bool numbered;       /* unusedN */
} pve_options[] = {
	{ "bwlimit", "KIBPS", "0",
	  "pct unpacks at full speed; to slow it down, run it by ionice -c 3", false },
	{ "cmode", "MODE", "tty",
	  "the console is always a terminal; pct enter opens a shell without login", false },
	{ "console", FLAG, "1", "there is always a console", false },
	{ "debug", FLAG, "0", "lxc-start -n CTID -l DEBUG -o FILE writes a debug log", false },
	{ "digest", "SHA1", NULL, "pct locks the container while it changes the config", false },
	{ "entrypoint", "COMMAND", "/sbin/init", "use the key lxc.init.cmd in the config", false },
	{ "env", "NAME=VALUE", NULL, "use the key lxc.environment in the config", false },
	{ "ha-managed", FLAG, "0",
	  "there is no cluster; --onboot 1 starts the container at boot", false },
	{ "ignore-unpack-errors", FLAG, "0",
	  "unpack the template with tar, and pack it again", false },
	{ "lock", "WORD", NULL, "pct locks a container while a command needs that", false },
	{ "pool", "POOL", NULL, "there are no pools; --tags groups containers", false },
	{ "restore", FLAG, "0",
	  "give the archive as TEMPLATE, and the options that its etc/vzdump/pct.conf lists",
	  false },
	{ "rootfs", "VOLUME", NULL,
	  "the root volume is chosen when creating a container; pct help resize says how to make "
	  "it larger", false },
	{ "template", FLAG, "0",
	  "pct help template says how to make containers of a container", false },
	{ "unique", FLAG, "0|1", "create always generates hardware addresses", false },
	{ "unused", "VOLUME", NULL,
	  "a volume that no mpN names any more becomes unusedN; set --delete unusedN --purge "
	  "removes it", true },
};

static const struct pve_option *find(const struct command *command, const char *name)
{
	if (!(command->flags & CMD_CONTAINER_OPTIONS))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(pve_options); i++) {
		const struct pve_option *o = &pve_options[i];
		const char *number = str_after(name, o->name);

		if (number && (!*number || (o->numbered && !number[strspn(number, "0123456789")])))
			return o;
	}
	return NULL;
}

const char *pve_option_arg(const struct command *command, const char *name)
{
	const struct pve_option *o = find(command, name);

	return o ? o->arg : NULL;
}

int pve_option_check(const struct command *command, const char *name, const char *value,
		     struct err *e)
{
	const struct pve_option *o = find(command, name);
	const char *taken = str_eq(command->name, "create") && value ? o->taken : NULL;
	autostrv char **words = taken ? strv_split(taken, "|") : NULL;
	autofree char *option = xasprintf("--%s", name);
	bool on;

	if (str_eq(o->arg, FLAG) && taken && parse_bool(value, &on))
		value = on ? "1" : "0";
	if (taken && strv_has(words, value))
		return 0;
	if (taken)
		err_set(e, ERR_USAGE, option, "can be only %s: \"%s\"", taken, value);
	else
		err_set(e, ERR_USAGE, option, "pct does not have this option of Proxmox VE");
	return err_remedy(e, "%s", o->instead);
}
