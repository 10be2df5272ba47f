/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's cgroup hierarchies, v1, hybrid and v2 (cgroups(7)). */
#ifndef LIB_HOST_CGROUP_H
#define LIB_HOST_CGROUP_H

#include <stdbool.h>

struct err;

/* The remedy for a missing controller; the Raspberry Pi's kernel disables memory by default. */
#define CGROUP_REMEDY "boot without cgroup_disable= (Raspberry Pi: with cgroup_enable=memory)"

enum cgroup_mode { CGROUP_V1, CGROUP_HYBRID, CGROUP_V2 };
enum cgroup_mode cgroup_mode(void);

/*
 * Returns the words of cgroup.controllers in the root of cgroup v2; NULL and e if it cannot be
 * read.
 */
char **cgroup_controllers(struct err *e);

/*
 * Check that controllers has all controllers that the lxc.cgroup2.* lines of a runtime config need.
 * A kernel may be built or booted without one, or use it in a v1 hierarchy; liblxc's own message
 * does not tell.
 */
int cgroup_check_controllers(const char *runtime, char *const *controllers, struct err *e);

/*
 * Remove the groups that a killed monitor left in each hierarchy: lxc.monitor.CTID* and
 * lxc.payload.CTID*.  Otherwise the next start would get names with a suffix.  Waits up to 5 s for
 * the last process of a dying container.  Call it only if no monitor runs.  Returns whether all
 * groups are gone.
 */
bool cgroup_sweep(unsigned ctid);
bool cgroup_is_left(unsigned ctid); /* whether such a group exists */

/*
 * Thaw all groups of a container.  Container root can freeze processes in groups below its own, and
 * with v1 a frozen process cannot be killed.
 */
void cgroup_thaw(unsigned ctid);

/*
 * Move this process to the root of each hierarchy, out of a monitor's group that will be removed.
 */
void cgroup_leave(void);

#endif
