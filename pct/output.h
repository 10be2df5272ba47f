/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports write errors on standard output.  stdio records that a write failed, but not why; so
 * output_open() replaces stdout by a stream that writes to the same descriptor and records errno.
 */
#ifndef PCT_OUTPUT_H
#define PCT_OUTPUT_H

struct err;

void output_open(void);

/*
 * Flush stdout, for example before a message on standard error.  Returns 0, or -errno if this or an
 * earlier write failed.  e NULL: output_close() reports the failure.
 */
int output_flush(struct err *e);

/* Flush and close at the end of the program.  Fails unless output_flush() has reported it. */
int output_close(struct err *e);

#endif
