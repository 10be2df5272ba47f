/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One monitor at a time.  liblxc's monitor of a failed start may still be undoing things when the
 * next start begins, and ext4 mounts twice without complaint.  pre-start records its monitor, pid
 * and start time, in RUN/pct/CTID/monitor; post-stop undoes only what its own monitor made.
 */
#ifndef LIB_RUNTIME_MONITOR_H
#define LIB_RUNTIME_MONITOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* Called by a hook: record its monitor, waiting at most seconds for another live one to end. */
int monitor_claim(unsigned ctid, unsigned seconds, struct err *e);
/* Called by a hook: does the record name this hook's monitor? */
bool monitor_is_mine(unsigned ctid);
void monitor_release(unsigned ctid);

/* Wait until the recorded monitor, if any, is gone.  -ETIMEDOUT after seconds. */
int monitor_wait(unsigned ctid, unsigned seconds, struct err *e);
bool monitor_is_alive(unsigned ctid);
/* A pidfd of the recorded one while it lives, which the caller closes; else -1. */
int monitor_open(unsigned ctid);
/* While it does nobody else can have the name of its command socket. */
bool monitor_still_runs(int pidfd);
/* The start time of any process, which with its pid is unique.  False: there is none. */
bool monitor_start_of(pid_t pid, uint64_t *ret);
pid_t monitor_pid(unsigned ctid); /* as recorded; 0: none is */

#endif
