/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Notes that a newer systemd needs nesting: it runs its services in namespaces, which AppArmor
 * denies without nesting.  This is not a warning, because on a host without AppArmor it works, and
 * setup does not know the host.
 *
 * The version comes from the name of systemd's private library; no program is read.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

#define LIBRARY "libsystemd-shared-"
#define LAST_MODEST 241 /* last version that works without nesting, like Proxmox VE */
#define EMPTY_CONSOLE 257

/* The version of "libsystemd-shared-257.4-1.fc42.so" and the like; 0: none in this folder. */
static unsigned version_in(struct tree *t, const char *dir)
{
	autostrv char **names = NULL;

	if (tree_list(t, dir, &names, NULL) < 0)
		return 0;
	for (char **name = names; *name; name++) {
		const char *rest = str_after(*name, LIBRARY);
		autofree char *digits = rest ? xstrndup(rest, strspn(rest, "0123456789")) : NULL;
		uint64_t version;

		if (rest && str_ends_with(rest, ".so") && parse_uint(digits, 1, 99999, &version))
			return (unsigned)version;
	}
	return 0;
}

/* Since release 12, Debian has the library in /usr/lib/x86_64-linux-gnu/systemd. */
unsigned systemd_version(struct tree *t)
{
	static const char *const dirs[] = { "/usr/lib/systemd", "/lib/systemd",
					    "/usr/lib64/systemd" };
	autostrv char **names = NULL;
	unsigned version = 0;

	for (size_t i = 0; !version && i < ARRAY_SIZE(dirs); i++)
		version = version_in(t, dirs[i]);
	if (version || tree_list(t, "/usr/lib", &names, NULL) < 0)
		return version;
	for (char **name = names; !version && *name; name++) {
		autofree char *dir = xasprintf("/usr/lib/%s/systemd", *name);

		if (strstr(*name, "-linux-"))
			version = version_in(t, dir);
	}
	return version;
}

int step_nesting(struct setup *s, struct err *e)
{
	autofree char *todo = NULL;
	unsigned version;

	(void)e;
	if (s->init != INIT_SYSTEMD || s->conf->features.nesting)
		return 0;
	version = systemd_version(s->tree);
	if (version <= LAST_MODEST)
		return 0;
	todo = s->conf->ctid ? xasprintf("pct set %u --features nesting=1", s->conf->ctid)
			     : xstrdup("set pve.features to nesting=1");
	report_note(s->report, NOTE_INFO, "nesting", todo,
		    "systemd %u needs nesting; without it, on a host with AppArmor, %s", version,
		    version < EMPTY_CONSOLE ? "a login can take 25 seconds"
					    : "the console can stay empty");
	return 0;
}
