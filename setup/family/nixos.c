/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NixOS. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "nixos", NULL };
static const struct marker markers[] = {
	{ "/nix/store", NULL },
	{ 0 },
};

const struct family family_nixos = {
	.name = "nixos",
	.ids = ids,
	.markers = markers,
	.include = "nixos.common.conf",
	.install = "set networking.useNetworkd = true in configuration.nix",
};
