/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes the host keys of dropbear, which everyone with the template or the original knows, if the
 * boot makes new ones.
 */
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"

#define DIR "/etc/dropbear"

/* Whether the service makes missing keys: by dropbearkey(1), or by "dropbear -R". */
static bool boot_makes_keys(struct tree *t)
{
	static const char *const starters[] = {
		"/etc/init.d/dropbear",	   "/etc/systemd/system/dropbear.service",
		"/etc/conf.d/dropbear",	   "/usr/lib/systemd/system/dropbear.service",
		"/etc/default/dropbear",   "/lib/systemd/system/dropbear.service",
		"/etc/sv/dropbear/run",	   "/usr/lib/systemd/system/dropbear-keygen.service",
		"/etc/sysconfig/dropbear",
	};
	static const char *const words[] = { "dropbearkey", " -R", "\"-R" };

	for (size_t i = 0; i < ARRAY_SIZE(starters); i++) {
		autofree char *text = NULL;

		if (tree_read_optional(t, starters[i], &text, NULL) < 0 || !text)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(words); j++)
			if (strstr(text, words[j]))
				return true;
	}
	return false;
}

int step_dropbear(struct setup *s, struct err *e)
{
	autostrv char **names = NULL;
	int n = 0;

	if (tree_list(s->tree, DIR, &names, NULL) < 0)
		return 0;
	for (char **name = names; n == 0 && *name; name++) {
		autofree char *path = xasprintf(DIR "/%s", *name);

		if (fnmatch("dropbear_*_host_key*", *name, 0) != 0)
			continue;
		if (boot_makes_keys(s->tree)) {
			n = tree_unlink(s->tree, path, TREE_SECRET, e);
			continue;
		}
		report_note(s->report, NOTE_WARNING, "dropbear",
			    "run `rm " DIR "/dropbear_*_host_key`, and `dropbearkey -t TYPE -f " DIR
			    "/dropbear_TYPE_host_key` for each type, in the container",
			    "dropbear's host keys are those of the %s, and it does not generate "
			    "new ones",
			    s->phase == PHASE_CLONE ? "original container" : "template");
		return 0;
	}
	return n;
}
