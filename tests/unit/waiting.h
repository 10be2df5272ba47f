/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that waits until it is killed.  Include it after cmocka.h. */
#ifndef TESTS_UNIT_WAITING_H
#define TESTS_UNIT_WAITING_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

/* It has made ready, in itself, when this returns; the caller reaps it. */
static inline pid_t start_waiting(bool (*make_ready)(const void *arg), const void *arg)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_return_code(pipe2(ready, O_CLOEXEC), errno);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (make_ready(arg) && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

#endif
