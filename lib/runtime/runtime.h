/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* liblxc, the container runtime.  Only runtime.c, start.c and enter-context.c include its
 * headers. */
#ifndef LIB_RUNTIME_RUNTIME_H
#define LIB_RUNTIME_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/* "5.0.2" */
const char *runtime_version(void);
unsigned runtime_major(void); /* of the loaded liblxc: 5, 6, 7 */

/* Whether the container's command socket exists and belongs to root; works without liblxc. */
bool runtime_is_running(unsigned ctid);

/*
 * Check that liblxc accepts a text as runtime config.  The error names the line, and the line of
 * the config from which it was made.
 */
int runtime_check(unsigned ctid, const char *text, struct err *e);

/*
 * Start from LIB/CTID/config, daemonized; returns when the container runs.  On failure e holds the
 * first error in liblxc's log; the hooks' failure record has more details.
 */
int runtime_start(unsigned ctid, const char *log, struct err *e);
/*
 * Ask init to shut down, even if its monitor is gone.  -ETIMEDOUT after seconds; seconds 0: unless
 * it is down at once.
 */
int runtime_shutdown(unsigned ctid, unsigned seconds, struct err *e);

/* The signal set by "lxc.signal.halt" or "lxc.signal.stop" in the runtime config; 0: none. */
int runtime_signal(unsigned ctid, const char *key);

/*
 * Returns a pidfd of the container's init, to be closed by the caller; -ESRCH: it does not run.
 * Trusts the command socket only if the recorded monitor still lives afterwards; otherwise uses the
 * cgroups.
 */
int runtime_init_pidfd(unsigned ctid, struct err *e);
pid_t runtime_init_pid(unsigned ctid); /* for display; 0: not running */

struct attach {
	char *const *argv; /* NULL: the user's login shell */
	const char *user;  /* a name or number, of the container's passwd(5); NULL: root */
	const char *cwd;   /* an absolute path; NULL: the user's home, or / */
	char *const *env;  /* "NAME=VALUE", added to a clean environment; NULL: none */
};

/*
 * Run a command in the container, on this process's standard descriptors; if they are a terminal,
 * on a terminal of the container.  Returns the exit status (128 + signal; 126 if there is no such
 * user or folder), or -errno.
 */
int runtime_attach(unsigned ctid, const struct attach *attach, struct err *e);

/*
 * Run argv as container root, without input, dropping its output; kill it after seconds.  Fails
 * unless its exit status is 0.
 */
int runtime_tell(unsigned ctid, char *const argv[], unsigned seconds, struct err *e);

/* Set an item that liblxc implements by itself, such as "devices.allow" with cgroup v2. */
int runtime_set_cgroup(unsigned ctid, const char *key, const char *value, struct err *e);

/* Connect to a tty of the container; escape is the letter of Ctrl-LETTER q. */
int runtime_console(unsigned ctid, int tty, char escape, struct err *e);

#endif
