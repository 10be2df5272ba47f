/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a process inside a running container, by hooks/pct-enter.c.  The calling process is never
 * visible there.
 */
#ifndef LIB_RUNTIME_ENTER_H
#define LIB_RUNTIME_ENTER_H

#include <stdbool.h>
#include <sys/types.h>

struct enter_answer;
struct err;

struct enter_request {
	unsigned ctid;
	int init;          /* of the container, a pidfd: runtime_init_pidfd() */
	char *const *argv; /* NULL: root's login shell */
	char *const *env;  /* "NAME=VALUE", which prevail over the container's own */
	int fds[3];        /* those that become 0, 1 and 2 */
	bool terminal;     /* in their place, a terminal of the container's */
	bool dies;         /* killed when this process ends */
};

/* On its way in. */
struct enter {
	pid_t pid;
	int pidfd; /* readable when pct-enter has succeeded or failed */
	int socket;
	struct enter_answer *answer;
};

struct enter_process {
	pid_t pid; /* a child of this process, which waits for it */
	int pidfd;
	int terminal; /* its controlling side; -1: it has none */
};

/* After success, call enter_finish() or enter_abandon(). */
int enter_begin(const struct enter_request *request, struct enter *ret, struct err *e);
/* Once pidfd is readable.  The caller closes what it gets. */
int enter_finish(struct enter *enter, struct enter_process *ret, struct err *e);
/* Kill pct-enter on its way in, since a container can block it for ever. */
void enter_abandon(struct enter *enter);

#endif
