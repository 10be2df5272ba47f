/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program says, and how it ends. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/err.h"
#include "lib/run.h"
#include "lib/util.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
