/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a process in a running container, by hooks/pct-enter.c.  The calling process is never
 * visible in the container.
 */
#ifndef LIB_RUNTIME_ENTER_ENTER_H
#define LIB_RUNTIME_ENTER_ENTER_H

#include <stdbool.h>
#include <sys/types.h>

struct enter_answer;
struct err;

struct enter_request {
	unsigned ctid;
	int init;          /* pidfd of the container's init: runtime_init_pidfd() */
	char *const *argv; /* NULL: the user's login shell */
	char *const *env;  /* "NAME=VALUE"; override the container's own */
	size_t n_fixed;    /* the first of env, which override HOME, USER, LOGNAME and SHELL, too */
	const char *user;  /* a name or number of the container; NULL: root */
	const char *cwd;   /* an absolute path; NULL: the user's home, or / */
	int fds[3];        /* become descriptors 0, 1 and 2 */
	bool terminal;     /* use a terminal of the container instead of fds */
	bool dies;         /* killed when this process ends */
	bool transfer;     /* call transfer_serve() on fds, instead of a command */
};

/* A process that is entering. */
struct enter {
	pid_t pid;
	int pidfd; /* readable when pct-enter has succeeded or failed */
	int socket;
	struct enter_answer *answer;
};

struct enter_process {
	pid_t pid; /* a child of this process */
	int pidfd;
	int terminal; /* its controlling side; -1: none */
};

/* Start to enter.  After success, call enter_finish() or enter_abandon(). */
int enter_begin(const struct enter_request *request, struct enter *ret, struct err *e);
/* Call it once pidfd is readable.  The caller closes the descriptors in *ret. */
int enter_finish(struct enter *enter, struct enter_process *ret, struct err *e);
/* Kill pct-enter while it enters: a container can block it forever. */
void enter_abandon(struct enter *enter);

#endif
