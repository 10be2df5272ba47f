/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's cgroup hierarchies, v1, hybrid and v2 (cgroups(7)). */
#ifndef LIB_CGROUP_H
#define LIB_CGROUP_H

#include "lib/lower.h"

struct err;

enum cgroup_mode cgroup_mode(void);

/*
 * Remove what a killed monitor left: lxc.monitor.CTID* and lxc.payload.CTID* in every hierarchy, or
 * the next start would get names with a suffix.  Waits up to 5 s for a dying container's last
 * process; call it only when no monitor lives.
 */
void cgroup_sweep(unsigned ctid);
bool cgroup_is_left(unsigned ctid); /* such a group is there */

/* Move this process to the top of every hierarchy, out of a monitor's group that is to go. */
void cgroup_leave(void);

#endif
