/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The failure record of a hook, in the run folder; if the hook runs as container root, in the guest
 * folder below.  Its lines are "KEY: VALUE".  Readers treat it as hostile.
 */
#ifndef LIB_RUNTIME_FAILURE_H
#define LIB_RUNTIME_FAILURE_H

#include <stdbool.h>

struct err;

/*
 * Write stage, object, cause, errno and remedy of e.  guest: as container root.  Keeps an existing
 * record, which is the first failure of a start.
 */
int failure_write(unsigned ctid, bool guest, const char *stage, const struct err *e);
/*
 * Read the host's record, else the guest's, into e.  Returns 1, or 0 if there is none; e is then
 * unchanged.  ret_stage is a buffer of 32 bytes, or NULL.
 */
int failure_read(unsigned ctid, char ret_stage[32], struct err *e);
void failure_clear(unsigned ctid);

#endif
