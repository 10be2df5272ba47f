/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devuan: Debian without systemd. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "devuan", "maemo-leste", NULL };
static const struct marker markers[] = {
	{ "/etc/devuan_version", NULL },
	{ 0 },
};

/* CIDR would work, too; this is like Proxmox VE. */
static bool needs_netmask(const struct setup *s)
{
	(void)s;
	return true;
}

const struct family family_devuan = {
	.name = "devuan",
	.ids = ids,
	.markers = markers,
	.include = "devuan.common.conf",
	.install = "apt-get install ifupdown",
	.install_dhcp = "apt-get install isc-dhcp-client",
	.needs_netmask = needs_netmask,
};
