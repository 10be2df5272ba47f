/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is ended as the keeper of a DHCP client: the holder of the record's lock, and nobody else. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/net/host-managed.h"
#include "tests/unit/emulated.h"
#include "tests/unit/waiting.h"

#define CTID 105

static char dir[] = "/tmp/hostnet-XXXXXX";

static int make_dir(void **state)
{
	autofree char *run = NULL;
	struct err e;

	(void)state;
	if (!mkdtemp(dir) || setenv("PCT_RUN", dir, 1) < 0)
		return -1;
	run = path_ct_run(CTID);
	return file_mkdirs(run, 0755, &e);
}

static int remove_dir(void **state)
{
	struct err e;

	(void)state;
	return run_remove_tree(dir, &e);
}

/* This process writes its pid into net0's record; it is the keeper if it locks that, too. */
static bool write_record(const void *locks)
{
	autofree char *path = runfile_of_net(CTID, RUNFILE_DHCP, 0);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	return fd >= 0 && dprintf(fd, "%d\n", (int)getpid()) > 0 &&
	       (!*(const bool *)locks || flock(fd, LOCK_EX | LOCK_NB) == 0);
}

static void test_keeper(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	needs_call(SYS_pidfd_open, "pidfd_open(2)");
	pid = start_waiting(write_record, &(bool){ true });
	hostnet_stop(CTID, 1);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	hostnet_stop(CTID, 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	hostnet_stop(CTID, 0);
}

/* The keeper is gone, and its pid another process's. */
static void test_other(void **state)
{
	pid_t pid = start_waiting(write_record, &(bool){ false });
	int status;

	(void)state;
	hostnet_stop(CTID, 0);
	kill(pid, SIGUSR1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_keeper),
					    cmocka_unit_test(test_other) };

	return cmocka_run_group_tests_name("hostnet", tests, make_dir, remove_dir);
}
