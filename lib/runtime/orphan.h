/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Containers that outlive their monitor.  Init dies with the monitor (PR_SET_PDEATHSIG) unless
 * container root disables that; then a user, or the out-of-memory killer, kills the monitor.  The
 * command socket does not answer, but the container runs, and uses its volume.
 */
#ifndef LIB_RUNTIME_ORPHAN_H
#define LIB_RUNTIME_ORPHAN_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/*
 * Whether a container runs although no process listens at its command socket.  Waits a second for a
 * container that is ending.
 */
bool orphan_lives(unsigned ctid);

/* Whether the container has processes, ending or not; for a caller that is the recorded monitor. */
bool orphan_is_left(unsigned ctid);

/* Keep only ctids for which orphan_lives(), in one second for all.  Returns their number. */
size_t orphan_pick(unsigned *ctids, size_t n);

/* Set -EBUSY with the remedy; orphan_refuse() does so only if orphan_lives(). */
int orphan_tell(unsigned ctid, struct err *e);
int orphan_refuse(unsigned ctid, struct err *e);

#endif
