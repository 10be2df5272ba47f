/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Containers that outlive their monitor: container root can take back what has init die with it
 * (PR_SET_PDEATHSIG), and then somebody kills that monitor, or memory was short.  Nobody answers
 * for such a container, yet it runs, and has its volume.
 */
#ifndef LIB_ORPHAN_H
#define LIB_ORPHAN_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/*
 * Of a container whose command socket is nobody's: whether it runs all the same.  One that is
 * ending is given a second for that.
 */
bool orphan_lives(unsigned ctid);

/* Whether it has processes, whatever they do; for who is the monitor on record by now. */
bool orphan_is_left(unsigned ctid);

/* Keep those of which this is so; a second in all.  Returns how many there are. */
size_t orphan_pick(unsigned *ctids, size_t n);

/* -EBUSY with the remedy, of one that does; orphan_refuse() asks first. */
int orphan_tell(unsigned ctid, struct err *e);
int orphan_refuse(unsigned ctid, struct err *e);

#endif
