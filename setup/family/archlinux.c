/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arch Linux and derivatives. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = {
	"arch", "archlinux", "archarm", "manjaro", "manjaro-arm", "endeavouros", "garuda",
	"cachyos", "artix", "arcolinux", "blackarch", "parabola", "steamos", NULL
};
static const struct marker markers[] = {
	{ "/etc/arch-release", NULL },
	{ "/etc/artix-release", NULL },
	{ 0 },
};

const struct family family_archlinux = {
	.name = "archlinux",
	.ids = ids,
	.markers = markers,
	.include = "archlinux.common.conf",
	.install = "pacman -S dhcpcd",
	.locale_conf = true,
};
