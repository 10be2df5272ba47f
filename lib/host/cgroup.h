/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's cgroup hierarchies, v1, hybrid and v2 (cgroups(7)). */
#ifndef LIB_HOST_CGROUP_H
#define LIB_HOST_CGROUP_H

#include <stdbool.h>

struct err;

/* Where a controller is missing; the Raspberry Pi's kernel leaves out memory of its own accord. */
#define CGROUP_REMEDY "boot without cgroup_disable= (Raspberry Pi: with cgroup_enable=memory)"

enum cgroup_mode { CGROUP_V1, CGROUP_HYBRID, CGROUP_V2 };
enum cgroup_mode cgroup_mode(void);

/* The words of cgroup v2's cgroup.controllers at its top; NULL and e: it cannot be read. */
char **cgroup_controllers(struct err *e);

/*
 * Whether these are all that the lxc.cgroup2.* lines of a runtime config need.  A kernel may have
 * been built or booted without one, or have given it to a hierarchy of v1; liblxc's own message is
 * no help then.
 */
int cgroup_check_controllers(const char *runtime, char *const *controllers, struct err *e);

/*
 * Remove what a killed monitor left: lxc.monitor.CTID* and lxc.payload.CTID* in every hierarchy, or
 * the next start would get names with a suffix.  Waits up to 5 s for a dying container's last
 * process; call it only when no monitor lives.
 */
void cgroup_sweep(unsigned ctid);
bool cgroup_is_left(unsigned ctid); /* such a group is there */

/*
 * Thaw all of a container's groups: its root can freeze processes below its own, and one that is
 * frozen does not die in v1.
 */
void cgroup_thaw(unsigned ctid);

/* Move this process to the top of every hierarchy, out of a monitor's group that is to go. */
void cgroup_leave(void);

#endif
