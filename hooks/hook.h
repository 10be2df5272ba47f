/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hook is one file with one function and a main() of one line:
 *
 *	int main(int argc, char *argv[])
 *	{
 *		return hook_main(argc, argv, "lxc", "pre-start", pre_start);
 *	}
 *
 * hook_main() alone knows how liblxc calls hooks (lxc.container.conf(5), lxc.hook.version 0 and 1).
 * A container that is not ours -- its name is no number, or its runtime config is not the one that
 * pct made -- passes through: exit 0, nothing touched.  Hooks do not take the config's flock, which
 * pct holds during a start; but for a pre-start that finds changes pending: pct leaves none.
 */
#ifndef HOOKS_HOOK_H
#define HOOKS_HOOK_H

#include <stdbool.h>
#include <sys/types.h>

struct err;

struct hook {
	unsigned ctid;
	const char *rootfs; /* where the root file system is, or is to be, mounted for this hook */
	const char *link;   /* net hooks: the host's interface, veth105.0 */
	pid_t init;         /* start-host: the container's first process */
	bool rebooting;     /* post-stop: the container will be started again in place */
};

/* 0, or -errno with the err filled; above 0: fail without a record of its own. */
typedef int (*hook_function)(const struct hook *hook, struct err *e);

/* Returns the exit status: 0 or 1.  A failure is printed and leaves a failure record. */
int hook_main(int argc, char *argv[], const char *section, const char *type, hook_function run);

#endif
