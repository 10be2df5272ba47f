/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order that lib/runtime/enter/enter.c gives to hooks/pct-enter.c, and its answer: a memfd
 * whose first page is the answer and whose rest is the order.  Both programs are from the same
 * build.
 */
#ifndef LIB_RUNTIME_ENTER_ENTER_ORDER_H
#define LIB_RUNTIME_ENTER_ENTER_ORDER_H

#include <linux/filter.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* The descriptors of pct-enter besides 0, 1 and 2. */
#define ENTER_ORDER_FD 3
#define ENTER_INIT_FD 4   /* a pidfd of the container's init */
#define ENTER_SOCKET_FD 5 /* sends the terminal's controlling side; only with ENTER_TERMINAL */

#define ENTER_ORDER_AT 4096
#define ENTER_MAX (4 * 1024 * 1024) /* twice the kernel's default limit for arguments */

/* The step that failed, in order of execution.  lib/runtime/enter/enter.c has the messages. */
enum enter_step {
	ENTER_STEP_NONE,
	ENTER_STEP_CGROUP, /* this and the next step are in the child of enter.c */
	ENTER_STEP_EXEC,
	ENTER_STEP_ORDER,
	ENTER_STEP_KEYRING,
	ENTER_STEP_NAMESPACES,
	ENTER_STEP_IDS,
	ENTER_STEP_TERMINAL,
	ENTER_STEP_PERSONALITY,
	ENTER_STEP_CAPABILITIES,
	ENTER_STEP_LSM,
	ENTER_STEP_CLOSE,
	ENTER_STEP_FILTER,
	ENTER_STEP_CLONE,
};

struct enter_answer {
	int32_t pid; /* the process inside, as a pid of the host; 0: none */
	int32_t step, error;
};

enum {
	ENTER_TERMINAL = 1,        /* descriptors 0, 1 and 2 are a terminal of the container */
	ENTER_DIES = 2,            /* dies with the process that waits for it */
	ENTER_NO_NEW_PRIVS = 4,
	ENTER_PERSONALITY = 8,
	ENTER_TRANSFER = 16,       /* call transfer_serve() instead of a command */
};

struct enter_order {
	uint32_t flags;
	uint32_t namespaces;   /* CLONE_NEW* that differ from the host's */
	uint64_t capabilities; /* the bounding set of init */
	uint64_t personality;
	struct winsize size;   /* ENTER_TERMINAL: the size of the caller's */
	uint32_t filter_flags; /* for seccomp(2) */
	uint32_t n_filter;
	uint32_t n_argv;       /* 0: run the login shell */
	uint32_t n_env;
	uint32_t n_fixed;      /* the first variables, which the user's HOME etc. do not replace */
	/*
	 * Then follow n_filter instructions, and strings with their NULs: the file for the security
	 * module's label, the label (empty: none), user and folder of the command (empty: root and
	 * the home folder), argv, environment.
	 */
	struct sock_filter filter[];
};

#endif
