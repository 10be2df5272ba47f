/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenWrt and derivatives: busybox and procd. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "openwrt", "lede", "immortalwrt", "turrisos", NULL };
static const struct marker markers[] = {
	{ "/etc/openwrt_release", NULL },
	{ 0 },
};

const struct family family_openwrt = {
	.name = "openwrt",
	.ids = ids,
	.markers = markers,
	.include = "openwrt.common.conf",
	.install = "opkg install netifd",
};
