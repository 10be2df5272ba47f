/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moving a process into a running container's cgroups. */
#ifndef LIB_CGROUP_JOIN_H
#define LIB_CGROUP_JOIN_H

#include <sys/types.h>

struct err;

#define CGROUP_MAX_PLACES 32 /* the kernel has some 15 controllers */

struct cgroup_places {
	int v1[CGROUP_MAX_PLACES]; /* cgroup.procs of v1's groups */
	unsigned n_v1;
	int v2;                    /* the folder of v2's group; -1: there is none */
};
#define CGROUP_PLACES_INIT { .v2 = -1 }

/*
 * Where the container's own groups are, in each hierarchy, found by the groups of its init
 * (proc(5), /proc/PID/cgroup).  What container root made below them does not count.  The caller
 * closes them with cgroup_places_done(), after a failure as well.
 */
int cgroup_places_find(unsigned ctid, pid_t init, struct cgroup_places *ret, struct err *e);
void cgroup_places_done(struct cgroup_places *places);

/* Move this process there.  What has to be made for that belongs to uid and gid.  0, or -errno. */
int cgroup_join(const struct cgroup_places *places, uid_t uid, gid_t gid);

#endif
