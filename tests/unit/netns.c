/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/err.h"
#include "lib/netlink.h"
#include "lib/netns.h"
#include "lib/run.h"

/* A process in a network namespace that has a link named inside0, as a container has. */
static pid_t start_namespace(void)
{
	const char *const add[] = { "ip", "link", "add", "inside0", "type", "bridge", NULL };
	struct err e = { 0 };
	int ready[2];
	char byte;
	pid_t pid;

	assert_return_code(pipe2(ready, O_CLOEXEC), errno);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) == 0 && run_program(add, &e) == 0 &&
		    write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void test_inside(void **state)
{
	pid_t pid = start_namespace();
	struct stat before, after;
	struct netlink *nl = NULL;
	struct err e = { 0 };
	struct link link;

	(void)state;
	assert_return_code(stat("/proc/self/ns/net", &before), errno);
	assert_int_equal(netns_open(pid, &nl, &e), 0);
	assert_return_code(stat("/proc/self/ns/net", &after), errno);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(netlink_get(nl, "inside0", &link, &e), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* The conversation keeps the namespace. */
	assert_int_equal(netlink_get(nl, "inside0", &link, &e), 0);
	netlink_close(nl);
	assert_int_equal(netlink_open(&nl, &e), 0);
	assert_int_equal(netlink_get(nl, "inside0", &link, &e), -ENODEV);
	netlink_close(nl);
}

static void test_refused(void **state)
{
	struct netlink *nl = NULL;
	struct err e = { 0 };
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	waitpid(gone, NULL, 0);
	assert_int_equal(netns_open(gone, &nl, &e), -ESRCH);
	assert_int_equal(netns_open(getpid(), &nl, &e), -EXDEV);
	assert_null(nl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
