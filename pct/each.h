/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs one operation on several containers.  If it fails for one, the others still get it. */
#ifndef PCT_EACH_H
#define PCT_EACH_H

#include <stdbool.h>
#include <stddef.h>

struct args;
struct err;
struct startup_ct;

/* The operation, with the options of the command line. */
typedef int (*each_fn)(const struct args *args, const struct startup_ct *ct, struct err *e);

/*
 * Run fn for n containers, each in its own process, at most at_once at the same time, and print
 * each error.  Returns false if one failed.  A signal that interrupts this process goes to the
 * running ones, and no other is started.
 */
bool each_run(const struct startup_ct *v, size_t n, size_t at_once, each_fn fn,
	      const struct args *args);

/*
 * Run fn for the containers of the command line, one after the other.  Returns fn's result if there
 * is one container; for several, 1 if one failed, else 0.
 */
int each_given(const struct args *args, each_fn fn, struct err *e);

/* Print the error of one of several containers, whose name precedes it. */
void each_print_error(unsigned ctid, const struct err *e);

#endif
