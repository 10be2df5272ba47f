/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connects the caller's terminal to a pseudo terminal (pty(7)). */
#ifndef LIB_RUNTIME_TERMINAL_H
#define LIB_RUNTIME_TERMINAL_H

#include <stdbool.h>

/* Whether standard input, output and error are all terminals. */
bool terminal_is_ours(void);

/*
 * Until the process ends, pass on input unchanged, output, and the window size.  ptmx is
 * non-blocking.  SIGPIPE must be ignored.
 */
void terminal_run(int ptmx, int pidfd);

#endif
