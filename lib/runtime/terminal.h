/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The caller's terminal, lent to a pseudo terminal (pty(7)). */
#ifndef LIB_RUNTIME_TERMINAL_H
#define LIB_RUNTIME_TERMINAL_H

#include <stdbool.h>

/* Whether standard input, output and error all are terminals. */
bool terminal_is_ours(void);

/*
 * Until the process ends: pass on what is typed, as it is, what is said, and the window's size.
 * ptmx does not block.  SIGPIPE has to be ignored.
 */
void terminal_run(int ptmx, int pidfd);

#endif
