/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What lib/runtime/enter.c asks of hooks/pct-enter.c, and what that answers: a file in memory,
 * whose first page is the answer and whose rest is the order.  Both sides are of one build.
 */
#ifndef LIB_RUNTIME_ENTER_ORDER_H
#define LIB_RUNTIME_ENTER_ORDER_H

#include <linux/filter.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* The descriptors that pct-enter has besides 0, 1 and 2. */
#define ENTER_ORDER_FD 3
#define ENTER_INIT_FD 4   /* the container's init, a pidfd */
#define ENTER_SOCKET_FD 5 /* takes the terminal's controlling side; with ENTER_TERMINAL alone */

#define ENTER_ORDER_AT 4096
#define ENTER_MAX (4 * 1024 * 1024) /* twice the kernel's usual limit of arguments */

/* What failed, in the order in which it is done.  lib/runtime/enter.c has the words. */
enum enter_step {
	ENTER_STEP_NONE,
	ENTER_STEP_CGROUP, /* this and the next are lib/runtime/enter.c's child's own */
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
	int32_t pid; /* of the process inside, as the host numbers it; 0: there is none */
	int32_t step, error;
};

enum {
	ENTER_TERMINAL = 1,        /* its descriptors become a terminal of the container's */
	ENTER_DIES = 2,            /* with the process that waits for it */
	ENTER_NO_NEW_PRIVS = 4,
	ENTER_PERSONALITY = 8,
};

struct enter_order {
	uint32_t flags;
	uint32_t namespaces;   /* CLONE_NEW* that are not the host's */
	uint64_t capabilities; /* those that init may have */
	uint64_t personality;
	struct winsize size;   /* ENTER_TERMINAL: of the caller's */
	uint32_t filter_flags; /* of seccomp(2) */
	uint32_t n_filter;
	uint32_t n_argv;       /* 0: root's login shell */
	uint32_t n_env;
	/*
	 * Behind it: n_filter instructions; then strings with their NULs: the file of the security
	 * module's label, and what is written there (empty: none), argv, environment.
	 */
	struct sock_filter filter[];
};

#endif
