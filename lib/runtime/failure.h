/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The failure record: what a failing hook leaves in the run folder, or, when it runs as container
 * root, in the guest folder there.  Lines "KEY: VALUE"; read back as hostile.
 */
#ifndef LIB_RUNTIME_FAILURE_H
#define LIB_RUNTIME_FAILURE_H

#include <stdbool.h>

struct err;

/*
 * Write stage, object, cause, errno and remedy of e; guest: as container root.  The first failure
 * of a start stays.
 */
int failure_write(unsigned ctid, bool guest, const char *stage, const struct err *e);
/*
 * Fill e from the host's record, else from the guest's; 1: there was one, 0: none, and e stays.
 * ret_stage is a buffer of 32 bytes, or NULL.
 */
int failure_read(unsigned ctid, char ret_stage[32], struct err *e);
void failure_clear(unsigned ctid);

#endif
