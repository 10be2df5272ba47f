/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Alpine Linux: busybox and OpenRC. */
#include <stddef.h>

#include "setup/family.h"

static const char *const ids[] = { "alpine", "postmarketos", "adelie", NULL };
static const struct marker markers[] = {
	{ "/etc/alpine-release", NULL },
	{ 0 },
};

const struct family family_alpine = {
	.name = "alpine",
	.ids = ids,
	.markers = markers,
	.include = "alpine.common.conf",
	.install = "apk add ifupdown-ng openrc",
	.install_dhcp = "apk add dhcpcd",
};
