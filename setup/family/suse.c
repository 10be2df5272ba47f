/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openSUSE (Leap, Tumbleweed, Slowroll, MicroOS) and SUSE Linux Enterprise. */
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"

static const char *const ids[] = {
	"opensuse", "opensuse-leap", "opensuse-tumbleweed", "opensuse-slowroll",
	"opensuse-microos", "opensuse-leap-micro", "opensuse-aeon", "opensuse-kalpa", "suse",
	"sles", "sles_sap", "sled", "sle-hpc", "sle-micro", "sl-micro", "suse-microos",
	"geckolinux", NULL
};
static const struct marker markers[] = {
	{ "/etc/SUSE-brand", NULL },
	{ "/etc/SuSE-brand", NULL },
	{ "/etc/SuSE-release", NULL },
	{ 0 },
};

/* Without this, systemd-firstboot(1) could ask for it, as for the locale. */
static int fix_template(struct setup *s, struct err *e)
{
	if (tree_lkind(s->tree, "/etc/localtime"))
		return 0;
	return tree_symlink(s->tree, "/usr/share/zoneinfo/UTC", "/etc/localtime", e);
}

const struct family family_suse = {
	.name = "suse",
	.ids = ids,
	.markers = markers,
	.include = "opensuse.common.conf",
	.install = "zypper install NetworkManager",
	.locale_conf = true,
	.fix_template = fix_template,
};
