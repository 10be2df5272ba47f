/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes memory and CPU limits of a running container, by its cgroup. */
#ifndef LIB_RUNTIME_CGROUP_LIMITS_H
#define LIB_RUNTIME_CGROUP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf/cgroup-key.h"

struct err;

/* A file of the cgroup, "memory.limit_in_bytes", and its new content. */
struct cgroup_write {
	const char *key;
	char value[64];
};

/*
 * List the writes, in order, that change the limits from one text of lower_limits_text() to
 * another.  A removed limit gets the default of a new cgroup; cpus is the number of the host's
 * CPUs.
 */
size_t cgroup_limits_diff(const char *from, const char *to, unsigned cpus,
		  struct cgroup_write ret[CGROUP_KEYS]);

/*
 * Make these writes.  If one fails, earlier ones stay: the caller undoes them by exchanging from
 * and to.
 */
int cgroup_limits_change(unsigned ctid, const char *from, const char *to, unsigned cpus,
			 struct err *e);

#endif
