/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/cgroup-key.h"

#include "lib/base/util.h"

const struct cgroup_key cgroup_keys[CGROUP_KEYS] = {
	{ CGROUP1_MEMSW, "-1", true },
	{ CGROUP1_MEMORY, "-1", true },
	{ CGROUP1_PERIOD, "100000", true },
	{ CGROUP1_QUOTA, "-1", true },
	{ CGROUP1_SHARES, "1024", true },
	{ CGROUP1_CPUS, NULL, false },
	{ CGROUP2_MEMORY, "max", true },
	{ CGROUP2_SWAP, "max", true },
	{ CGROUP2_CPU, "max 100000", true },
	{ CGROUP2_WEIGHT, "100", true },
	{ CGROUP2_CPUS, NULL, false },
};

const struct cgroup_key *cgroup_key_find(const char *key)
{
	for (size_t i = 0; i < CGROUP_KEYS; i++)
		if (str_eq(cgroup_keys[i].key, key))
			return &cgroup_keys[i];
	return NULL;
}
