/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walks through a container's group and all groups below it, for lib/host/cgroup.c.
 *
 * Container root chooses names, number and depth of the groups.  Therefore the walk builds no
 * paths, opens few descriptors at a time, does not recurse, and ends after 262,144 groups.
 */
#ifndef LIB_HOST_CGROUP_WALK_H
#define LIB_HOST_CGROUP_WALK_H

#include <dirent.h>
#include <stdbool.h>

/*
 * Returns the name of the next folder in dir, including hidden ones: liblxc attaches to ".lxc".
 * NULL: no more, or dir is NULL.
 */
const char *cgroup_next(DIR *dir);

/*
 * Call fn with a descriptor of each group, parents first.  Returns false if fn returned false,
 * which ends the walk, or if some groups could not be visited.  Groups that vanish meanwhile are
 * skipped.
 */
bool cgroup_walk(int parent, const char *name, bool (*fn)(int group, void *arg), void *arg);

/*
 * Remove the group and all groups below it, children first.  rmdir fails for groups with processes.
 */
void cgroup_remove(int parent, const char *name);

#endif
