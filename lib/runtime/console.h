/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The caller's terminal, connected to one of a container's that its getty listens at. */
#ifndef LIB_RUNTIME_CONSOLE_H
#define LIB_RUNTIME_CONSOLE_H

struct err;

/*
 * Say how to leave it; then, until Ctrl-LETTER q, or the other end hangs up, pass on what is typed
 * and said, and the window's size.  letter is from a to z.
 */
int console_run(int ptx, int tty, char letter, struct err *e);

#endif
