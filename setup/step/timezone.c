/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links /etc/localtime to the container's zoneinfo; writes /etc/timezone if it exists. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/name-check.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

#define ZONEINFO "/usr/share/zoneinfo/"

/* Whether the link already has this target, absolute or relative to /etc. */
static bool leads_to(struct tree *t, const char *target)
{
	autofree char *old = NULL;

	if (tree_lkind(t, "/etc/localtime") != S_IFLNK ||
	    tree_readlink(t, "/etc/localtime", &old, NULL) < 0)
		return false;
	return str_eq(old, target) ||
	       (str_after(old, "..") && str_eq(str_after(old, ".."), target));
}

int step_timezone(struct setup *s, struct err *e)
{
	const char *zone = s->conf->timezone;
	autofree char *target = NULL, *text = NULL;
	int n;

	if (!zone || !*zone)
		return 0;
	if (str_eq(zone, "host"))
		zone = s->facts->timezone;
	if (!zone) {
		report_note(s->report, NOTE_INFO, "timezone", NULL,
			    "the host's time zone is unknown; the container keeps its own");
		return 0;
	}
	if (name_check(zone, NAME_ZONE, NULL) < 0)
		return err_set(e, EINVAL, "timezone", "\"%s\" is not a time zone", zone);
	target = xasprintf("%s%s", ZONEINFO, zone);
	if (tree_kind(s->tree, target) != S_IFREG) {
		report_note(s->report, NOTE_WARNING, "timezone", "install tzdata in the container",
			    "the container does not know the time zone %s", zone);
		return 0;
	}
	if (!leads_to(s->tree, target)) {
		n = tree_symlink(s->tree, target, "/etc/localtime", e);
		if (n < 0)
			return n;
	}
	if (tree_lkind(s->tree, "/etc/timezone") != S_IFREG ||
	    tree_is_ignored(s->tree, "/etc/localtime"))
		return 0;
	text = xasprintf("%s\n", zone);
	return tree_write(s->tree, "/etc/timezone", text, 0, ROOTFS_KEEP_LINK, e);
}
