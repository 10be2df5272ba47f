/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A minimal system with busybox only, like that of distro-templates/busybox. */
#include <stddef.h>

#include "setup/family/family.h"

static const char *const ids[] = { "busybox", "buildroot", NULL };

const struct family family_busybox = {
	.name = "busybox",
	.ids = ids,
	.include = "busybox.common.conf",
};
