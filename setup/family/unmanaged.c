/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pve.ostype = unmanaged: setup changes nothing. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "unmanaged", NULL };

const struct family family_unmanaged = {
	.name = "unmanaged",
	.ids = ids,
	.unmanaged = true,
};
