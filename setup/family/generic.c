/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An unknown distribution: runs all common steps, and uses any consumer that is found. */
#include <stddef.h>

#include "setup/family/family.h"

const struct family family_generic = {
	.name = "generic",
};
