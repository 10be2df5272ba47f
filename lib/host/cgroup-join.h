/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moves a process into the cgroups of a running container. */
#ifndef LIB_HOST_CGROUP_JOIN_H
#define LIB_HOST_CGROUP_JOIN_H

#include <sys/types.h>

struct err;

#define CGROUP_MAX_PLACES 32 /* the kernel has about 15 controllers */

struct cgroup_places {
	int v1[CGROUP_MAX_PLACES]; /* cgroup.procs of each v1 group */
	unsigned n_v1;
	int v2;                    /* the folder of the v2 group; -1: none */
};
#define CGROUP_PLACES_INIT { .v2 = -1 }

/*
 * Find the container's own group in each hierarchy from /proc/PID/cgroup of its init.  Groups below
 * it, which container root makes, are ignored.  The caller must call cgroup_places_done(), also
 * after a failure.
 */
int cgroup_places_find(unsigned ctid, pid_t init, struct cgroup_places *ret, struct err *e);
void cgroup_places_done(struct cgroup_places *places);

/* Move this process there.  uid and gid will own groups that this creates.  Returns 0 or -errno. */
int cgroup_join(const struct cgroup_places *places, uid_t uid, gid_t gid);

#endif
