/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Void Linux: runit. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "void", "voidlinux", NULL };
static const struct marker markers[] = {
	{ "/usr/bin/xbps-install", NULL },
	{ 0 },
};

const struct family family_void = {
	.name = "void",
	.ids = ids,
	.markers = markers,
	.include = "voidlinux.common.conf",
	.install = "xbps-install dhcpcd",
};
