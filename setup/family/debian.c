/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Debian and derivatives. */
#include <stddef.h>

#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"

static const char *const ids[] = {
	"debian", "raspbian", "kali", "parrot", "pureos", "deepin", "uos", "mx", "antix",
	"sparky", "pardus", "bunsenlabs", "armbian", "proxmox", "tails", NULL
};
static const struct marker markers[] = {
	{ "/etc/debian_version", NULL },
	{ 0 },
};

/* Like Proxmox VE, write CIDR from Debian 10 on.  Derivatives have other version numbers. */
static bool needs_netmask(const struct setup *s)
{
	unsigned major = os_release_major(&s->os);

	return str_eq(s->os.id, "debian") && major && major < 10;
}

const struct family family_debian = {
	.name = "debian",
	.ids = ids,
	.markers = markers,
	.include = "debian.common.conf",
	.install = "apt-get install ifupdown",
	.install_dhcp = "apt-get install isc-dhcp-client",
	.needs_netmask = needs_netmask,
};
