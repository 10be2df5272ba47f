/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A distribution that nobody has heard of: every common step, and whatever consumer it has. */
#include <stddef.h>

#include "setup/family/family.h"

const struct family family_generic = {
	.name = "generic",
};
