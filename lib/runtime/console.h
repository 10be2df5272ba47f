/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connects the caller's terminal to a terminal of a container, at which its getty listens. */
#ifndef LIB_RUNTIME_CONSOLE_H
#define LIB_RUNTIME_CONSOLE_H

struct err;

/*
 * Print how to leave; then pass on input, output and window size until the user types Ctrl-LETTER q
 * or the container hangs up.  letter is from a to z.
 */
int console_run(int ptx, int tty, char letter, struct err *e);

#endif
