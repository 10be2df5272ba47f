/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openEuler and derivatives. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "openEuler", "euleros", "hce", "fusionos", NULL };
static const struct marker markers[] = {
	{ "/etc/openEuler-release", NULL },
	{ 0 },
};

static const char *const masks[] = { "dev-mqueue.mount", NULL };

const struct family family_openeuler = {
	.name = "openeuler",
	.ids = ids,
	.markers = markers,
	.include = "openeuler.common.conf",
	.install = "dnf install NetworkManager",
	.install_dhcp = "dnf install dhcp",
	.locale_conf = true,
	.masks = masks,
	.full_hostname = true,
};
