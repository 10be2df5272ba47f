/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a child: a program without a shell, or a function with other rights.
 */
#ifndef LIB_BASE_RUN_H
#define LIB_BASE_RUN_H

#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * Run argv[0] (absolute, or found in a fixed PATH) with a clean environment, standard input and
 * output /dev/null, all other descriptors closed.  Standard error goes into the error's cause.
 */
int run_program(const char *const argv[], struct err *e);
/* With one more variable in its environment, "NAME=VALUE". */
int run_program_with(const char *variable, const char *const argv[], struct err *e);
/* With its standard output, of at most max bytes, in *ret; the caller frees. */
int run_program_output(const char *const argv[], size_t max, char **ret, struct err *e);

/*
 * The same for a program that compares two files, and whose exit status 1 says that they differ: in
 * is its standard input, second_in what it opens as RUN_SECOND_INPUT.  -ETIMEDOUT: it did not end
 * in that time, and was killed.
 */
#define RUN_SECOND_INPUT "/proc/self/fd/3"
int run_program_compare(const char *const argv[], int in, int second_in, unsigned seconds,
			size_t max, char **ret, struct err *e);

/* Remove a file, or a folder with all in it, by rm(1), which follows no link; other mounts stay. */
int run_remove_tree(const char *path, struct err *e);

/*
 * Run fn in a child that dies with its parent, as root of the user namespace userns_fd (-1: in the
 * caller's namespace).  fn returns 0 or -errno and fills the err, which comes back to the
 * caller.  What fn writes to out_fd -- a pipe made here -- is returned in *ret_out (NULL: not
 * wanted), capped at max bytes.
 */
int run_confined(int userns_fd, int (*fn)(void *arg, int out_fd, struct err *e), void *arg,
		 char **ret_out, size_t max, struct err *e);

/* With a limit, as run_finish_within(). */
int run_confined_within(int userns_fd, unsigned seconds,
			int (*fn)(void *arg, int out_fd, struct err *e), void *arg, char **ret_out,
			size_t max, struct err *e);

/* The same in two steps, for a caller that has to watch meanwhile: poll(2) out until it is readable
 * or hung up.  A started child must be finished; to be rid of it early, kill it first. */
struct run_child {
	pid_t pid;
	int out, err;
};
int run_start(int userns_fd, int (*fn)(void *arg, int out_fd, struct err *e), void *arg,
	      struct run_child *ret, struct err *e);
int run_finish(struct run_child *child, char **ret_out, size_t max, struct err *e);
/*
 * -ETIMEDOUT: it did not end in that time, and was killed.  One that the kernel holds (state D) is
 * not waited for; it has what it had open, so fn closes what nobody else is to wait for.
 */
int run_finish_within(struct run_child *child, unsigned seconds, char **ret_out, size_t max,
		      struct err *e);
/* The end of one whose answer is of no use any more; waits a moment at most. */
void run_abandon(struct run_child *child);

/* Inside fn: close all but the pipes to the parent, standard error and these two (or -1). */
void run_close_others(int keep, int keep_too);
/* Inside fn, where it was begun with -1: become root of this user namespace. */
int run_enter_userns(int userns_fd, struct err *e);

/*
 * For a process that takes the rights of a container's root: give up the session keyring of whoever
 * started pct, which may hold keys of the host (session-keyring(7)).  0 or -errno.
 */
int run_leave_keyring(void);

/*
 * For a child: set signals that the caller may have changed back to their defaults.  An interrupt
 * that the caller ignores stays ignored, for the programs that it starts, too.
 */
void run_reset_signals(void);

#endif
