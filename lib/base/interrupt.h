/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SIGINT, SIGTERM and SIGHUP interrupt a running operation, which then undoes its changes. */
#ifndef LIB_BASE_INTERRUPT_H
#define LIB_BASE_INTERRUPT_H

#include <stdbool.h>

struct err;

/*
 * Set how this process handles these signals from now on.  interrupt_note(): record them, and let
 * blocking system calls fail with EINTR.  interrupt_ignore(): ignore them.  interrupt_default():
 * let them end the process.  A signal that was ignored when the program started, as by nohup(1),
 * stays ignored.
 */
void interrupt_note(void);
void interrupt_ignore(void);
void interrupt_default(void);

/* Whether interrupt_note() is in effect. */
bool interrupt_is_noted(void);

/* The recorded signal; 0: none. */
int interrupt_signal(void);
/* -EINTR if a signal was recorded, else 0. */
int interrupt_check(struct err *e);

#endif
