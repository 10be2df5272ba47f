/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pipes in place of terminals.
 *
 * Who holds a terminal as a descriptor can type into it (TIOCSTI), and read what is typed for
 * somebody else later on.  So a command that is not trusted has a pipe in place of each, and this
 * process passes on what goes through.
 */
#ifndef LIB_RELAY_H
#define LIB_RELAY_H

#include <stddef.h>

struct err;

struct relay {
	int child[3]; /* what the command is to have as 0, 1 and 2: a pipe, or the same number */
	int ours[3];  /* the other ends; -1: there is none, or not any more */
	char typed[4096];
	size_t typed_at, typed_end; /* not passed on yet */
};

/* A pipe for each of 0, 1 and 2 that is a terminal; /dev/null for what is closed. */
int relay_open(struct relay *ret, struct err *e);
/* After the fork: the ends of the command are its own. */
void relay_close_child(struct relay *r);
/*
 * Until the process ends, and then what is ready: what it left running may hold the pipes for ever.
 * SIGPIPE has to be ignored.
 */
void relay_run(struct relay *r, int pidfd);
void relay_close(struct relay *r);

#endif
