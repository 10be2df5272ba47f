/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's processes: all in the cgroup lxc.payload.CTID, or lxc.payload.CTID-1 and so on, and
 * below, in any hierarchy.  Only host root and liblxc can make such a group, or put a process into
 * it from outside; container root can move its processes within it, and none out.
 */
#ifndef LIB_RUNTIME_CGROUP_PROCS_H
#define LIB_RUNTIME_CGROUP_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

bool cgroup_has_procs(unsigned ctid);

/* The containers that have such a group, in any order, some more than once.  The caller frees. */
size_t cgroup_find_payloads(unsigned **ret);

/*
 * Call fn with each process, some more than once, until fn returns false.  pidfd refers to a
 * process of the container, and pid is its number while it lives.
 */
void cgroup_each_proc(unsigned ctid, bool (*fn)(int pidfd, pid_t pid, void *arg), void *arg);

/* A descriptor of the process that is number 1 in the container's own namespace; -1: none is. */
int cgroup_open_init(unsigned ctid);

/* SIGKILL to all of them.  What is frozen by v1 dies when it is thawed. */
void cgroup_kill(unsigned ctid);

/* Write the file key, as "memory.max", of the container's group, in the hierarchy that has it. */
int cgroup_set(unsigned ctid, const char *key, const char *value, struct err *e);
/* Read that file, without the end of line, cut to size - 1. */
int cgroup_get(unsigned ctid, const char *key, char *ret, size_t size, struct err *e);

#endif
