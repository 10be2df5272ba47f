/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A system that is little but busybox, as distro-templates/busybox makes one. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "busybox", "buildroot", NULL };

const struct family family_busybox = {
	.name = "busybox",
	.ids = ids,
	.include = "busybox.common.conf",
};
