/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SIGINT, SIGTERM and SIGHUP end an operation that is under way, which then undoes itself. */
#ifndef LIB_BASE_INTERRUPT_H
#define LIB_BASE_INTERRUPT_H

struct err;

/*
 * From now on these signals are only noted, and a system call that waits returns with EINTR; are
 * ignored; end the process as usual.  A signal that the caller has ignored, as nohup(1) does, stays
 * ignored.
 */
void interrupt_note(void);
void interrupt_ignore(void);
void interrupt_default(void);

/* The signal that has come; 0: none. */
int interrupt_signal(void);
/* -EINTR when one has come. */
int interrupt_check(struct err *e);

#endif
