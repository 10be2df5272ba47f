/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processes of a container are those in the cgroup lxc.payload.CTID, or lxc.payload.CTID-1 and
 * so on, and below, in any hierarchy.  Only host root and liblxc can create such a group or move a
 * process into it; container root can move its processes within it, but not out of it.
 */
#ifndef LIB_RUNTIME_CGROUP_PROCS_H
#define LIB_RUNTIME_CGROUP_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

bool cgroup_has_procs(unsigned ctid);

/* List the containers with such a group, unsorted, possibly with duplicates.  The caller frees. */
size_t cgroup_find_payloads(unsigned **ret);

/*
 * Whether the container's group is frozen, in either version of cgroups.  Groups below it, which
 * container root can freeze, do not count.
 */
bool cgroup_is_frozen(unsigned ctid);
/* List the containers with a frozen group, like cgroup_find_payloads(). */
size_t cgroup_find_frozen(unsigned **ret);

/*
 * Call fn with each process, some more than once, until fn returns false.  pidfd refers to a
 * process of the container, and pid is its number while it lives.
 */
void cgroup_each_proc(unsigned ctid, bool (*fn)(int pidfd, pid_t pid, void *arg), void *arg);

/* Returns a pidfd of process 1 of the container's pid namespace; -1: none. */
int cgroup_open_init(unsigned ctid);

/* Send SIGKILL to all processes.  Processes frozen by v1 die when they are thawed. */
void cgroup_kill(unsigned ctid);

/* The number of processes that the out-of-memory killer has killed since the start. */
unsigned long long cgroup_oom_kills(unsigned ctid);

/*
 * Write to the file key, e.g. "memory.max", of the container's group, in the hierarchy that has it.
 */
int cgroup_set(unsigned ctid, const char *key, const char *value, struct err *e);
/* Whether cgroup v2 denies the container devices: liblxc attaches a filter if there are rules. */
bool cgroup_has_device_filter(unsigned ctid);
/*
 * Read these files, where the container's groups have them, in one look at all hierarchies.  The
 * text of a file is cut to its size, and empty if no group with processes has the file.
 */
struct cgroup_text {
	const char *key;
	char text[4096];
};
void cgroup_read(unsigned ctid, struct cgroup_text *v, size_t n);
/* Read this file, without the line end, cut to size - 1. */
int cgroup_get(unsigned ctid, const char *key, char *ret, size_t size, struct err *e);

#endif
