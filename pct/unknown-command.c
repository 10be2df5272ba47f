/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors for unknown options and commands, and for commands that only Proxmox VE has so far. */
#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/suggest.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/cmd.h"

#define VOLUME "%s/images/CTID/vm-CTID-rootfs.raw"
#define PACK \
	"stop it, run tar --numeric-owner --xattrs -C $(pct mount CTID) -cf FILE . " \
	"and pct unmount CTID, "
#define MIGRATE PACK "then pct create CTID FILE on the other host, with the options of its config"

static const struct {
	const char *name;
	const char *instead; /* another way; %s is the folder of the storage "local" */
} to_come[] = {
	{ "clone", PACK "then pct create NEWID FILE and pct setup NEWID --phase clone" },
	{ "delsnapshot", "remove the saved copy of the volume (pct help snapshot)" },
	{ "listsnapshot", "pct keeps no snapshots (pct help snapshot)" },
	{ "migrate", MIGRATE },
	{ "remote-migrate", MIGRATE },
	{ "restore", "pct create CTID FILE takes a vzdump archive (.tar, .tar.gz, .tar.zst) as a "
		     "template; give the options that its etc/vzdump/pct.conf lists" },
	{ "resume", "lxc-unfreeze -n CTID" },
	{ "rollback", "stop it, and copy the saved file back (pct help snapshot)" },
	{ "snapshot", "stop it, and cp --sparse=always --reflink=auto " VOLUME " FILE" },
	{ "suspend", "lxc-freeze -n CTID" },
	{ "template", PACK "pct create NEWID FILE makes containers of it" },
};

/* "did you mean --memory? pct help set lists them" */
static int remedy(const struct suggestion *s, const char *dashes, const char *command,
		  struct err *e)
{
	autofree char *hint = s->best ? xasprintf("did you mean %s%s? ", dashes, s->best) : NULL;

	return err_remedy(e, "%spct help%s%s lists them", hint ? hint : "", *command ? " " : "",
			  command);
}

int command_unknown(const char *name, struct err *e)
{
	struct suggestion s = { .given = name };
	autofree char *instead = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(to_come); i++)
		if (str_eq(to_come[i].name, name)) {
			err_set(e, ERR_USAGE, name, "this command does not exist yet");
			instead = xasprintf(to_come[i].instead, path_vz());
			return err_remedy(e, "instead: %s", instead);
		}
	for (const struct command *c = commands; c->name; c++)
		suggestion_offer(&s, c->name);
	err_set(e, ERR_USAGE, name, "there is no such command");
	return remedy(&s, "", "", e);
}

int option_unknown(const struct command *command, const char *name, struct err *e)
{
	autofree char *option = xasprintf("--%s", name);
	autostrv char **names = NULL;
	struct suggestion s = { .given = name };

	if (pve_option_arg(command, name))
		return pve_option_check(command, name, NULL, e);
	for (const struct option_def *o = command->options; o->name; o++)
		suggestion_offer(&s, o->name);
	for (const struct conf_option *o = conf_options; o->name; o++) {
		autofree char *option_name = help_option_name(o);

		if (command_takes(command, o))
			strv_push(&names, option_name);
	}
	for (char **n = names; n && *n; n++)
		suggestion_offer(&s, *n);
	err_set(e, ERR_USAGE, option, "there is no such option");
	return remedy(&s, "--", command->name, e);
}
