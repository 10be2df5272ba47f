/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Included only by lib/host/cgroup*.c. */
#ifndef LIB_HOST_CGROUP_INTERNAL_H
#define LIB_HOST_CGROUP_INTERNAL_H

#include <stdbool.h>

/* Call fn with the folder of each hierarchy. */
void cgroup_each_hierarchy(void (*fn)(int dirfd, void *arg), void *arg);

/*
 * rest is the text behind the number of "lxc.payload.105".  True if it is empty or a suffix like
 * "-1".
 */
bool cgroup_is_suffix(const char *rest);

bool cgroup_write(int group, const char *name, const char *value);

/* Whether the group or a group below it has a process. */
bool cgroup_is_populated(int parent, const char *name);

#endif
