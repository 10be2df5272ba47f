/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Standard output whose failures are told.  stdio knows that a write failed, but forgets why; so
 * stdout becomes a stream that writes to the same descriptor and notes the first errno.
 */
#ifndef PCT_OUTPUT_H
#define PCT_OUTPUT_H

struct err;

void output_open(void);

/*
 * Write what was printed so far, as before a message on standard error.  Returns 0, or -errno when
 * this or an earlier write failed.  e NULL: leave it to output_close() to tell of it.
 */
int output_flush(struct err *e);

/* At the end of the program.  0 also where output_flush() has filled an err with the failure. */
int output_close(struct err *e);

#endif
