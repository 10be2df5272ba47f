/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cgroup settings that pct sets: their keys in the config and in the runtime config. */
#ifndef LIB_CONF_CGROUP_KEY_H
#define LIB_CONF_CGROUP_KEY_H

#include <stdbool.h>
#include <stddef.h>

#define CGROUP1 "lxc.cgroup."
#define CGROUP2 "lxc.cgroup2."

#define CGROUP1_MEMORY CGROUP1 "memory.limit_in_bytes"
#define CGROUP1_MEMSW CGROUP1 "memory.memsw.limit_in_bytes" /* memory + swap */
#define CGROUP1_QUOTA CGROUP1 "cpu.cfs_quota_us"
#define CGROUP1_PERIOD CGROUP1 "cpu.cfs_period_us"
#define CGROUP1_SHARES CGROUP1 "cpu.shares"
#define CGROUP1_CPUS CGROUP1 "cpuset.cpus"
#define CGROUP2_MEMORY CGROUP2 "memory.max"
#define CGROUP2_SWAP CGROUP2 "memory.swap.max"
#define CGROUP2_CPU CGROUP2 "cpu.max"
#define CGROUP2_WEIGHT CGROUP2 "cpu.weight"
#define CGROUP2_CPUS CGROUP2 "cpuset.cpus"

struct cgroup_key {
	const char *key;
	const char *unset; /* default of a new group; NULL: all CPUs of the host */
	bool is_translated; /* in struct limits: lowering translates it to the host's version */
};
/* In the order in which they are set for a running container: memory + swap before memory. */
#define CGROUP_KEYS 11
extern const struct cgroup_key cgroup_keys[CGROUP_KEYS];
const struct cgroup_key *cgroup_key_find(const char *key);

#endif
