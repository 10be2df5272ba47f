/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings that liblxc applies to a process attached to a container, besides namespaces and
 * cgroups.
 */
#ifndef LIB_RUNTIME_ENTER_ENTER_CONTEXT_H
#define LIB_RUNTIME_ENTER_ENTER_CONTEXT_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct err;

#define ENTER_MAX_LIMITS 32

struct enter_limit {
	int resource;
	struct rlimit value;
};

struct enter_context {
	unsigned filter_flags; /* for seccomp(2) */
	struct sock_filter *filter;
	size_t n_filter;       /* 0: system calls are not filtered */
	struct enter_limit limit[ENTER_MAX_LIMITS]; /* lxc.prlimit.* */
	size_t n_limits;
	char **env;            /* "container=lxc", and lxc.environment */
	char **proc;           /* lxc.proc.*, as "NAME=VALUE" for /proc/PID/NAME */
};
void enter_context_done(struct enter_context *context);

/*
 * Asks liblxc once after each start, which takes as long as an attach, and keeps the answer in
 * RUN/pct/CTID/enter.  init is the container's living init.  -ETIMEDOUT: the container blocks
 * liblxc.
 */
int enter_context_get(unsigned ctid, pid_t init, struct enter_context *ret, struct err *e);

#endif
