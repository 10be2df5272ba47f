/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One writer a container. */
#ifndef LIB_CONF_LOCK_H
#define LIB_CONF_LOCK_H

struct err;

/*
 * The lock of a container's config, RUN/pct/lock/CTID.lock; folder and file are made when missing.
 * Waits at most seconds, then -EBUSY.  Returns the descriptor that holds it.
 *
 * Every command that changes or mounts a container takes it.  Hooks of a pct start do not, since
 * pct holds it and waits for them.
 */
int lock_ct(unsigned ctid, unsigned seconds, struct err *e);

/* The same for the id ranges of all containers, RUN/pct/lock/idmap.lock. */
int lock_ids(unsigned seconds, struct err *e);

#endif
