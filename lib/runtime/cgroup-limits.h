/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory and CPU limits of a container that runs, by its cgroup. */
#ifndef LIB_RUNTIME_CGROUP_LIMITS_H
#define LIB_RUNTIME_CGROUP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf/cgroup-key.h"

struct err;

/* A file of the cgroup, "memory.limit_in_bytes", and what it is to hold. */
struct cgroup_write {
	const char *key;
	char value[64];
};

/*
 * What to write, in this order, to get from one text of lower_limits_text() to another.  A limit
 * that goes becomes what a new cgroup has; cpus is the number of the host's CPUs.
 */
size_t cgroup_limits_diff(const char *from, const char *to, unsigned cpus,
		  struct cgroup_write ret[CGROUP_KEYS]);

/* Write it.  What is written when one fails stays: the caller goes back, from and to exchanged. */
int cgroup_limits_change(unsigned ctid, const char *from, const char *to, unsigned cpus,
			 struct err *e);

#endif
