/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pve.ostype = unmanaged: hands off. */
#include <stddef.h>

#include "setup/family.h"

const struct family family_unmanaged = {
	.name = "unmanaged",
	.tty_dir = "",
	.unmanaged = true,
};
