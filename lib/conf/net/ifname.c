/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/ifname.h"

#include <stddef.h>
#include <stdio.h>

#include "lib/base/util.h"

/* Only three characters fit beside the longest container id, a dot and two digits. */
static const char *short_role(const char *role)
{
	static const char *const table[][2] = {
		{ "veth", "v" }, { "fwbr", "fwb" }, { "fwpr", "fwp" }, { "fwln", "fwl" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (str_eq(role, table[i][0]))
			return table[i][1];
	return role;
}

void ifname(char ret[IFNAME_SIZE], const char *role, unsigned ctid, unsigned n)
{
	if (snprintf(ret, IFNAME_SIZE, "%s%u.%u", role, ctid, n) >= IFNAME_SIZE)
		snprintf(ret, IFNAME_SIZE, "%s%u.%u", short_role(role), ctid, n);
}
