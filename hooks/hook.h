/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hook is a file with one function and a main() of one line:
 *
 *	int main(int argc, char *argv[])
 *	{
 *		return hook_main(argc, argv, "lxc", "pre-start", pre_start);
 *	}
 *
 * Only hook_main() knows how liblxc calls hooks (lxc.container.conf(5), lxc.hook.version 0 and 1).
 * It ignores containers that pct does not manage, i.e. whose name is not a number or whose runtime
 * config was not made by pct: exit 0, nothing changed.  Hooks do not take the container's lock,
 * which pct holds during a start.  The exception is pre-start if it finds pending changes: pct
 * start leaves none.
 */
#ifndef HOOKS_HOOK_H
#define HOOKS_HOOK_H

#include <stdbool.h>
#include <sys/types.h>

struct err;

struct hook {
	unsigned ctid;
	const char *rootfs; /* where this hook finds, or mounts, the root file system */
	const char *link;   /* net hooks: the interface on the host, veth105.0 */
	pid_t init;         /* start-host: the container's first process */
	bool rebooting;     /* post-stop: liblxc will start the container again */
};

/* Returns 0; -errno with the err filled; above 0: fail without writing a failure record. */
typedef int (*hook_function)(const struct hook *hook, struct err *e);

/* Returns the exit status, 0 or 1.  Prints a failure and writes the failure record. */
int hook_main(int argc, char *argv[], const char *section, const char *type, hook_function run);

#endif
