/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program says, and how it ends. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

static void test_output(void **state)
{
	/* More than a pipe holds, of both. */
	const char *const argv[] = { "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' e >&2\n"
						 "head -c 100000 /dev/zero | tr '\\0' o", NULL };
	autofree char *out = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_program_output(argv, 100000, &out, &e), 0);
	assert_int_equal(strspn(out, "o"), 100000);
	assert_int_equal(strlen(out), 100000);
}

static int say_from_child(void *arg, int out_fd, struct err *e)
{
	const char *const argv[] = { "echo", "said", NULL };
	autofree char *out = NULL;
	int r;

	(void)arg;
	run_close_others(out_fd, -1);
	r = run_program_output(argv, 100, &out, e);
	return r < 0 ? r : file_write_all(out_fd, out, strlen(out));
}

/* A child that has closed its standard input and output gets the output of a program. */
static void test_output_of_child(void **state)
{
	autofree char *out = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_confined(-1, say_from_child, NULL, &out, 100, &e), 0);
	assert_string_equal(out, "said\n");
}

static void test_too_much(void **state)
{
	const char *const argv[] = { "echo", "12345678", NULL };
	autofree char *out = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_program_output(argv, 8, &out, &e), -EFBIG);
	assert_string_equal(e.cause, "is larger than 8 bytes");
	assert_null(out);
}

static void test_failures(void **state)
{
	static const struct {
		const char *command;
		int num;
		const char *cause;
	} cases[] = {
		{ "echo told; echo why >&2; exit 3", EIO, "failed: why" },
		{ "exit 1", EIO, "failed: it gave no reason" },
		{ "kill -9 $$", EINTR, "was killed by signal 9" },
		{ "exit 127", ENOENT, "cannot run: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const argv[] = { "sh", "-c", cases[i].command, NULL };
		autofree char *out = NULL;
		struct err e = { 0 };

		assert_int_equal(run_program_output(argv, 100, &out, &e), -cases[i].num);
		assert_string_equal(e.cause, cases[i].cause);
		assert_string_equal(e.object, "sh");
		assert_null(out);
		e = (struct err){ 0 };
		assert_int_equal(run_program(argv, &e), -cases[i].num);
		assert_string_equal(e.cause, cases[i].cause);
	}
}

static void test_status(void **state)
{
	const char *const both[] = { "sh", "-c", "echo one; echo two >&2; echo three; exit 5",
				     NULL };
	const char *const large[] = { "sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x", NULL };
	const char *const killed[] = { "sh", "-c", "kill -9 $$", NULL };
	autofree char *said = NULL, *more = NULL, *none = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_program_status(both, 100, &said, &e), 5);
	assert_string_equal(said, "one\ntwo\nthree");
	assert_int_equal(run_program_status(large, 1000, &more, &e), 0);
	assert_int_equal(strlen(more), 1000);
	assert_int_equal(run_program_status(killed, 100, &none, &e), -EINTR);
	assert_null(none);
}

static void test_compare(void **state)
{
	const char *const both[] = { "sh", "-c", "cat - " RUN_SECOND_INPUT "; exit 1", NULL };
	const char *const failing[] = { "sh", "-c", "echo why >&2; exit 2", NULL };
	const char *const slow[] = { "sh", "-c", "echo slow >&2; exec sleep 600", NULL };
	autoclose int a = memfd_create("a", MFD_CLOEXEC), b = memfd_create("b", MFD_CLOEXEC);
	autofree char *out = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(file_write_all(a, "one ", 4), 0);
	assert_int_equal(file_write_all(b, "two", 3), 0);
	assert_int_equal(lseek(a, 0, SEEK_SET), 0);
	assert_int_equal(run_program_compare(both, a, b, 60, 100, &out, &e), 0);
	assert_string_equal(out, "one two");
	assert_int_equal(run_program_compare(failing, a, b, 60, 100, &out, &e), -EIO);
	assert_string_equal(e.cause, "failed: why");
	assert_int_equal(run_program_compare(slow, a, b, 1, 100, &out, &e), -ETIMEDOUT);
	assert_string_equal(e.cause, "did not end within 1 s");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* A child that answers, in its own time. */
struct child {
	size_t len; /* of the answer */
	bool fails, stays;
};

static int answer(void *arg, int out_fd, struct err *e)
{
	const struct child *child = arg;
	autofree char *text = xcalloc(child->len + 1, 1);

	memset(text, 'a', child->len);
	if (file_write_all(out_fd, text, child->len) < 0)
		return -EPIPE;
	if (child->stays)
		pause();
	return child->fails ? err_set(e, ENODATA, "it", "has none") : 0;
}

static void test_child(void **state)
{
	struct child quick = { .len = 100000 }, failing = { .fails = true };
	autofree char *out = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_confined_within(-1, 60, answer, &quick, &out, 100000, &e), 0);
	assert_int_equal(strspn(out, "a"), 100000);
	assert_int_equal(run_confined_within(-1, 60, answer, &quick, &out, 99999, &e), -EFBIG);
	assert_int_equal(run_confined_within(-1, 60, answer, &failing, &out, 9, &e), -ENODATA);
	assert_string_equal(e.cause, "has none");
}

static void test_within(void **state)
{
	const char *const quick[] = { "echo", "done", NULL };
	const char *const slow[] = { "sleep", "60", NULL };
	autofree char *out = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_program_within(quick, 60, 100, &out, &e), 0);
	assert_string_equal(out, "done\n");
	assert_int_equal(run_program_within(slow, 1, 100, &out, &e), -ETIMEDOUT);
	assert_string_equal(e.cause, "did not end within 1 s");
}

static void test_limit(void **state)
{
	struct child silent = { .stays = true }, halfway = { .len = 5, .stays = true };
	autofree char *out = NULL;
	struct err e = { 0 };
	struct run_child child;

	(void)state;
	assert_int_equal(run_confined_within(-1, 1, answer, &silent, &out, 9, &e), -ETIMEDOUT);
	assert_true(str_ends_with(e.cause, "does not answer, and was killed"));
	assert_int_equal(run_confined_within(-1, 1, answer, &halfway, &out, 9, &e), -ETIMEDOUT);
	assert_null(out);
	assert_int_equal(run_start(-1, answer, &silent, &child, &e), 0);
	run_abandon(&child);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_output_of_child),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_status), cmocka_unit_test(test_compare),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
