/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One writer a container. */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

struct err;

/*
 * The lock of a container's config, RUN/pct/lock/CTID.lock; folder and file are made when missing.
 * Waits at most seconds, then -EBUSY.  Returns the descriptor that holds it.
 *
 * Who has it: every command that changes or mounts a container.  Hooks that pct start has liblxc
 * run do not take it, since pct waits for them with it held.
 */
int lock_ct(unsigned ctid, unsigned seconds, struct err *e);

/* The same of the ranges of ids that containers have of their own, RUN/pct/lock/idmap.lock. */
int lock_ids(unsigned seconds, struct err *e);

#endif
