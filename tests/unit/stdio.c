/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command behind pipes: it gets all that it reads, and the caller finds the rest. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/runtime/stdio.h"

enum kind { FILE_, PIPE, SOCKET };

static const char *const names[] = { "file", "pipe", "socket" };

/* One that holds text, at its beginning, and then ends. */
static int open_source(enum kind kind, const char *text)
{
	int ends[2];

	if (kind == FILE_) {
		ends[0] = memfd_create("source", 0);
		assert_int_equal(file_write_all(ends[0], text, strlen(text)), 0);
		assert_int_equal(lseek(ends[0], 0, SEEK_SET), 0);
		return ends[0];
	}
	if (kind == PIPE)
		assert_int_equal(pipe(ends), 0);
	else
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		file_write_all(ends[1], text, strlen(text));
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void run_command(const char *command)
{
	struct err e = { 0 };
	struct stdio_pipes relay;
	int status, pidfd;
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	if (stdio_open(&relay, &e) < 0)
		_exit(100);
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		for (int n = 0; n <= STDERR_FILENO; n++)
			dup2(relay.child[n], n);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	stdio_close_child(&relay);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	stdio_run(&relay, pidfd);
	stdio_close(&relay);
	waitpid(pid, &status, 0);
	_exit(WEXITSTATUS(status));
}

/* What it says; the caller frees. */
static char *said_by(int source, const char *command)
{
	int out = memfd_create("said", 0);
	char *said = NULL;
	struct err e = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		dup2(source, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		close_range(3, ~0U, 0);
		run_command(command);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
	assert_int_equal(file_read_fd(out, "said", 1 << 26, &said, NULL, &e), 0);
	close(out);
	return said;
}

static const struct {
	const char *command, *said, *rest;
} cases[] = {
	{ "true", "", "one\ntwo\nthree\n" },
	{ "read line; echo $line", "one\n", "two\nthree\n" },
	{ "exec <&-; echo said", "said\n", "one\ntwo\nthree\n" },
	{ "cat", "one\ntwo\nthree\n", "" },
	{ "echo out; echo err >&2; echo out", "out\nerr\nout\n", "one\ntwo\nthree\n" },
	{ "kill -9 $$", "", "one\ntwo\nthree\n" },
	{ "sleep 3 & read line", "", "two\nthree\n" },
};

static void test_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (enum kind kind = FILE_; kind <= SOCKET; kind++) {
			int source = open_source(kind, "one\ntwo\nthree\n");
			autofree char *said = said_by(source, cases[i].command), *rest = NULL;
			struct err e = { 0 };

			print_message("%s, %s\n", names[kind], cases[i].command);
			assert_string_equal(said, cases[i].said);
			assert_int_equal(file_read_fd(source, "rest", 4096, &rest, NULL, &e), 0);
			assert_string_equal(rest, cases[i].rest);
			close(source);
		}
}

/* More than any pipe holds, in lines of which the command reads some. */
static void test_much(void **state)
{
	size_t size = 20 << 20;
	autofree char *text = xcalloc(1, size + 1);

	(void)state;
	for (size_t i = 0; i < size; i += 16)
		snprintf(text + i, 17, "%015zu\n", i);
	for (enum kind kind = FILE_; kind <= SOCKET; kind++) {
		int source = open_source(kind, text);
		autofree char *said = said_by(source, "cat"), *rest = NULL;

		assert_int_equal(strcmp(said, text), 0);
		close(source);
		source = open_source(kind, text);
		rest = said_by(source, "head -c 1600000 >/dev/null; exec <&-; echo done");
		assert_string_equal(rest, "done\n");
		close(source);
	}
}

/* A command that writes to the pipe which it reads cannot have the caller read anything twice. */
static void test_hostile(void **state)
{
	int source = open_source(FILE_, "one\ntwo\nthree\n");
	autofree char *said = NULL, *rest = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(lseek(source, 4, SEEK_SET), 4);
	said = said_by(source, "cat >/dev/null; printf 1234567890123 >/proc/self/fd/0");
	assert_int_equal(file_read_fd(source, "rest", 4096, &rest, NULL, &e), 0);
	assert_string_equal(rest, "two\nthree\n");
	close(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
