/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openSUSE (Leap, Tumbleweed, Slowroll, MicroOS) and SUSE Linux Enterprise. */
#include <stddef.h>

#include "setup/family.h"

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

const struct family family_suse = {
	.name = "suse",
	.ids = ids,
	.markers = markers,
	.include = "opensuse.common.conf",
	.install = "zypper install NetworkManager",
};
