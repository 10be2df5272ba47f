/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A group of a container's and all below it, for lib/host/cgroup.c.  Their names, number and depth
 * are the choice of its root: no path is made, few descriptors are open at a time, nothing calls
 * itself, and there is an end after 262,144 groups.
 */
#ifndef LIB_HOST_CGROUP_WALK_H
#define LIB_HOST_CGROUP_WALK_H

#include <dirent.h>
#include <stdbool.h>

/*
 * The name of the next folder in it, also of one that a dot hides: liblxc attaches to ".lxc".
 * NULL: there is none, or no dir.
 */
const char *cgroup_next(DIR *dir);

/*
 * Call fn with a descriptor of each, parents first.  False: fn said so, which ends the walk, or not
 * all could be seen.  What is gone meanwhile is passed over.
 */
bool cgroup_walk(int parent, const char *name, bool (*fn)(int group, void *arg), void *arg);

/* Remove them, children first.  One that still has processes stays: rmdir refuses. */
void cgroup_remove(int parent, const char *name);

#endif
