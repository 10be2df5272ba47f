/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SIGINT, SIGTERM and SIGHUP end what is under way, and what it has made is removed. */
#ifndef PCT_INTERRUPT_H
#define PCT_INTERRUPT_H

struct err;

/*
 * What they do from now on: nothing but to be noted, and to have a system call that waits return
 * with EINTR; nothing at all; as usual.  Who has one of them ignored, as nohup(1) does, keeps that.
 */
void interrupt_note(void);
void interrupt_ignore(void);
void interrupt_default(void);

/* The signal that has come; 0: none. */
int interrupt_signal(void);
/* -EINTR when one has. */
int interrupt_check(struct err *e);

#endif
