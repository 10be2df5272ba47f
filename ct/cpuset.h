/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CPUs that a running container may use. */
#ifndef CT_CPUSET_H
#define CT_CPUSET_H

#include <stdbool.h>

#define CPUSET_MAX 8192 /* NR_CPUS of the kernel */

struct cpuset {
	bool has[CPUSET_MAX];
	unsigned end; /* the highest number, and one more; 0: empty */
};

/* Add a list as in "0-3,8"; false: it is not valid. */
bool cpuset_parse(const char *list, struct cpuset *ret);
/*
 * The CPUs of the container's cgroup, v1 or v2; without the cpuset controller, those of init.
 * False: the container does not run.
 */
bool cpuset_look(unsigned ctid, struct cpuset *ret);

#endif
