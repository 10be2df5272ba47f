/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ubuntu and what is derived from it.  Linux Mint comes in two kinds and says in ID_LIKE which.
 */
#include <stddef.h>

#include "setup/family.h"

static const char *const ids[] = {
	"ubuntu", "pop", "elementary", "neon", "zorin", "tuxedo", "feren", "trisquel", NULL
};
static const struct marker markers[] = {
	{ "/etc/lsb-release", "DISTRIB_ID=Ubuntu" },
	{ 0 },
};

/* As the predecessor has it; those that have ifupdown are old. */
static bool needs_netmask(const struct setup *s)
{
	(void)s;
	return true;
}

const struct family family_ubuntu = {
	.name = "ubuntu",
	.ids = ids,
	.markers = markers,
	.include = "ubuntu.common.conf",
	.install = "apt-get install netplan.io",
	.install_dhcp = "apt-get install isc-dhcp-client",
	.needs_netmask = needs_netmask,
};
