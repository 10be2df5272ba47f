/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For lib/host/cgroup*.c alone. */
#ifndef LIB_HOST_CGROUP_INTERNAL_H
#define LIB_HOST_CGROUP_INTERNAL_H

#include <stdbool.h>

/* Call fn with the folder of each hierarchy. */
void cgroup_each_hierarchy(void (*fn)(int dirfd, void *arg), void *arg);

/* Whether rest, the text behind the number of "lxc.payload.105", is empty or a suffix as "-1". */
bool cgroup_is_suffix(const char *rest);

bool cgroup_write(int group, const char *name, const char *value);

/* Whether a process is in the group, or below. */
bool cgroup_is_populated(int parent, const char *name);

#endif
