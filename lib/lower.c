/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/lower.h"

#include <stdio.h>
#include <string.h>

#include "lib/util.h"

#define IFNAME_SIZE 16 /* IFNAMSIZ of the kernel, NUL included */

void ifname(char ret[16], const char *role, unsigned ctid, unsigned n)
{
	if (snprintf(ret, IFNAME_SIZE, "%s%u.%u", role, ctid, n) >= IFNAME_SIZE)
		snprintf(ret, IFNAME_SIZE, "%c%u.%u", *role, ctid, n);
}
