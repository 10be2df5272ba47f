/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a child process: a program (without a shell), or a function with other privileges. */
#ifndef LIB_BASE_RUN_H
#define LIB_BASE_RUN_H

#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * Run argv[0] (an absolute path, or found in a fixed PATH) with a clean environment; standard input
 * and output are /dev/null, other descriptors are closed.  Standard error becomes the error's
 * cause.
 */
int run_program(const char *const argv[], struct err *e);
/* Like run_program(), with one more environment variable, "NAME=VALUE". */
int run_program_with(const char *variable, const char *const argv[], struct err *e);
/* Like run_program(); *ret is the standard output, at most max bytes.  The caller frees. */
int run_program_output(const char *const argv[], size_t max, char **ret, struct err *e);
/* Like run_program_output().  -ETIMEDOUT: it ran longer than seconds, and was killed. */
int run_program_within(const char *const argv[], unsigned seconds, size_t max, char **ret,
		       struct err *e);

/*
 * Like run_program(), for a program that must not stop halfway: it goes on to its end if this
 * process is killed, and does not get the signals of its terminal.  It inherits the descriptor
 * kept, which may hold a lock.
 */
int run_program_to_end(const char *const argv[], int kept, struct err *e);
/*
 * Like run_program(), but returns the exit status.  *ret_said is standard output and error, in the
 * order in which they were written, without the white space at the end; of more than max bytes, the
 * first ones.  The caller frees.
 */
int run_program_status(const char *const argv[], size_t max, char **ret_said, struct err *e);

/*
 * Like run_program_output(), for a program that compares two files and exits with 1 if they differ.
 * in is its standard input; second_in is the file RUN_SECOND_INPUT.  -ETIMEDOUT: it ran longer than
 * seconds, and was killed.
 */
#define RUN_SECOND_INPUT "/proc/self/fd/3"
int run_program_compare(const char *const argv[], int in, int second_in, unsigned seconds,
			size_t max, char **ret, struct err *e);

/*
 * Remove a file, or a folder and its contents, by rm(1): follows no link, skips other file systems.
 */
int run_remove_tree(const char *path, struct err *e);

/*
 * Run fn in a child that dies with its parent.  The child is root of the user namespace userns_fd,
 * or stays in the caller's namespace (-1).  fn returns 0 or -errno and fills the err, which is
 * passed to the caller.  Data that fn writes to the pipe out_fd is returned in *ret_out, at most
 * max bytes (ret_out NULL: none).
 */
int run_confined(int userns_fd, int (*fn)(void *arg, int out_fd, struct err *e), void *arg,
		 char **ret_out, size_t max, struct err *e);

/* Like run_confined(), with a time limit, as run_finish_within(). */
int run_confined_within(int userns_fd, unsigned seconds,
			int (*fn)(void *arg, int out_fd, struct err *e), void *arg, char **ret_out,
			size_t max, struct err *e);

/*
 * Like run_confined(), in two steps.  In between, the caller can poll(2) out until it is readable
 * or hung up.  Each started child must be finished; to end it early, kill it first.
 */
struct run_child {
	pid_t pid;
	int out, err;
};
int run_start(int userns_fd, int (*fn)(void *arg, int out_fd, struct err *e), void *arg,
	      struct run_child *ret, struct err *e);
int run_finish(struct run_child *child, char **ret_out, size_t max, struct err *e);
/*
 * Like run_finish(), but kills the child after seconds: -ETIMEDOUT.  A child that the kernel holds
 * (state D) is not waited for.  It keeps its descriptors open, so fn must close those whose end
 * somebody waits for.
 */
int run_finish_within(struct run_child *child, unsigned seconds, char **ret_out, size_t max,
		      struct err *e);
/* End a child whose answer is not needed; waits only briefly. */
void run_abandon(struct run_child *child);

/*
 * For fn: close all descriptors except the pipes to the parent, standard error, and these two (or
 * -1).  Standard input and output become /dev/null.
 */
void run_close_others(int keep, int keep_too);
/* For fn, started with userns_fd -1: become root of this user namespace. */
int run_enter_userns(int userns_fd, struct err *e);

/*
 * Leave the session keyring of the user who started pct, which may hold keys of the host
 * (session-keyring(7)).  For a process that gets the privileges of container root.  0 or -errno.
 */
int run_leave_keyring(void);

/*
 * For a child: reset signals that the parent may have changed to their defaults.  Interrupts that
 * the parent ignores stay ignored, also for programs that the child starts.
 */
void run_reset_signals(void);

#endif
