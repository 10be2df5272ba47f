/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* liblxc: the container runtime.  runtime.c and attach.c alone include its headers. */
#ifndef LIB_RUNTIME_RUNTIME_H
#define LIB_RUNTIME_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/* "5.0.2" */
const char *runtime_version(void);
unsigned runtime_major(void); /* of the liblxc that is loaded: 5, 6, 7 */

/* Whether the container's command socket exists, and is root's; without liblxc. */
bool runtime_is_running(unsigned ctid);

/*
 * Whether liblxc would take this text as the runtime config.  The error names the line, and the
 * config that it comes from.
 */
int runtime_check(unsigned ctid, const char *text, struct err *e);

/*
 * Start from LIB/CTID/config, daemonized; returns when it runs.  On failure e holds liblxc's first
 * error of its log, which is all that it tells; the hooks' failure record says more.
 */
int runtime_start(unsigned ctid, const char *log, struct err *e);
/*
 * Ask init to shut down, also of one whose monitor is gone; -ETIMEDOUT after seconds, with 0 unless
 * it is down at once.
 */
int runtime_shutdown(unsigned ctid, unsigned seconds, struct err *e);

/* The signal that "lxc.signal.halt" or "lxc.signal.stop" of its runtime config is; 0: none. */
int runtime_signal(unsigned ctid, const char *key);

/*
 * A descriptor of its init, which stays with this process; -ESRCH when it does not run.  No word of
 * the command socket's is believed unless the monitor on record lives on; without one the cgroups
 * say it.
 */
int runtime_init_pidfd(unsigned ctid, struct err *e);
pid_t runtime_init_pid(unsigned ctid); /* its number, for people to read; 0: not running */

/*
 * Run argv in the container as its root, with a clean environment, on this process's standard
 * descriptors, or on a terminal of its own when they are one.  argv NULL: root's login shell.
 * Returns the exit status (128 + signal), or -errno.
 */
int runtime_attach(unsigned ctid, char *const argv[], struct err *e);

/*
 * Run argv as container root, with nothing to read and its output dropped, and kill it after
 * seconds.  Only 0 as its exit status is success.
 */
int runtime_tell(unsigned ctid, char *const argv[], unsigned seconds, struct err *e);

/* Connect to a tty of the container; escape is the letter of Ctrl-LETTER q. */
int runtime_console(unsigned ctid, int tty, char escape, struct err *e);

#endif
