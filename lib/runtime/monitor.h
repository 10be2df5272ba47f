/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ensures that a container has only one monitor at a time.  liblxc's monitor of a failed start may
 * still be cleaning up when the next start begins, and ext4 can be mounted twice without an error.
 * pre-start records its monitor, pid and start time, in RUN/pct/CTID/monitor; post-stop undoes only
 * what its own monitor made.
 */
#ifndef LIB_RUNTIME_MONITOR_H
#define LIB_RUNTIME_MONITOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* For a hook: record its monitor; waits at most seconds for another live one to end. */
int monitor_claim(unsigned ctid, unsigned seconds, struct err *e);
/* For a hook: whether its monitor is the recorded one. */
bool monitor_is_mine(unsigned ctid);
void monitor_release(unsigned ctid);

/* Wait for the end of the recorded monitor, if any.  -ETIMEDOUT after seconds. */
int monitor_wait(unsigned ctid, unsigned seconds, struct err *e);
bool monitor_is_alive(unsigned ctid);
/* Returns a pidfd of the recorded monitor if it lives, which the caller closes; else -1. */
int monitor_open(unsigned ctid);
/* While it runs, no other process can have the name of its command socket. */
bool monitor_still_runs(int pidfd);
/* Get the start time of a process, which identifies it with its pid.  False: no such process. */
bool monitor_start_of(pid_t pid, uint64_t *ret);
pid_t monitor_pid(unsigned ctid); /* the recorded one; 0: none */

#endif
