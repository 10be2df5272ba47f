/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The failure record: what a failing hook leaves in /run/pct/CTID/failure, or, when it runs as
 * container root, in guest/failure.  Lines "KEY: VALUE"; read back as hostile.
 */
#ifndef LIB_RUNTIME_FAILURE_H
#define LIB_RUNTIME_FAILURE_H

struct err;

/* Write stage, object, cause, errno and remedy of e.  The first failure of a start stays. */
int failure_write(const char *dir, const char *stage, const struct err *e);
/* Fill e from a record; 1: there was one, 0: none. ret_stage is a buffer of 32 bytes. */
int failure_read(const char *dir, char ret_stage[32], struct err *e);
void failure_clear(const char *dir);

#endif
