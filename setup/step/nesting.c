/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Newer systemds give their own services name spaces, which AppArmor forbids a container that is
 * not allowed nesting.  A note and no warning: on a host without AppArmor nothing is lacking, and
 * what the host has is not for setup to know.
 *
 * The version is in the name of systemd's private library; no program of the container is read.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

#define LIBRARY "libsystemd-shared-"
#define LAST_MODEST 241 /* the last that does without, as the predecessor has it */
#define EMPTY_CONSOLE 257

/* "libsystemd-shared-252.so", "libsystemd-shared-257.4-1.fc42.so"; 0: none in this folder. */
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

/* Debian has it in /usr/lib/x86_64-linux-gnu/systemd, from release 12 on. */
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
	if (s->init != INIT_SYSTEMD || s->conf->nesting)
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
