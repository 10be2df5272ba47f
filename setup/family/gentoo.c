/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gentoo and derivatives. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = {
	"gentoo", "funtoo", "calculate", "sabayon", "pentoo", "redcore", NULL
};
static const struct marker markers[] = {
	{ "/etc/gentoo-release", NULL },
	{ 0 },
};

const struct family family_gentoo = {
	.name = "gentoo",
	.ids = ids,
	.markers = markers,
	.include = "gentoo.common.conf",
	.install = "emerge net-misc/netifrc",
	.install_dhcp = "emerge net-misc/dhcpcd",
};
