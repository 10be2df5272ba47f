/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fedora and derivatives. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = {
	"fedora", "nobara", "ultramarine", "bazzite", "bluefin", "aurora", "qubes",
	"fedora-asahi-remix", NULL
};
static const struct marker markers[] = {
	{ "/etc/fedora-release", NULL },
	{ 0 },
};

const struct family family_fedora = {
	.name = "fedora",
	.ids = ids,
	.markers = markers,
	.include = "fedora.common.conf",
	.install = "dnf install systemd-networkd",
	.install_dhcp = "dnf install dhcp-client",
	.locale_conf = true,
	.full_hostname = true,
};
