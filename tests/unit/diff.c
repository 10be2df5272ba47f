/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/diff.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

static void check(const char *old, const char *new, const char *expected)
{
	autofree char *diff = NULL;
	struct err e = { 0 };

	assert_int_equal(diff_unified("/f", old, new, &diff, &e), 0);
	assert_string_equal(diff, expected);
}

static void test_diff(void **state)
{
	(void)state;
	check("a\nb\n", "a\nb\n", "");
	check("", "", "");
	check(NULL, NULL, "");
	check(NULL, "a\nb\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
	check("a\n", NULL, "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
	check(NULL, "", "--- /dev/null\n+++ b/f\n");
	check("a\nb\nc\n", "a\nx\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
	check("a", "a\n",
	      "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
	check("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nA\n",
	      "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n"
	      "@@ -7,3 +8,4 @@\n 7\n 8\n 9\n+A\n");
	check("x\n1\n2\n3\n4\n5\n6\ny\n", "X\n1\n2\n3\n4\n5\n6\nY\n",
	      "--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-x\n+X\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n+Y\n");
}

/* diff(1) gets the texts without them, so two texts that differ in nothing else are equal. */
static void test_controls(void **state)
{
	(void)state;
	check("a\033[2Jb\n", "\r\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a?[2Jb\n+?\n");
	check("a\n", "\342\200\256a\302\205\t\303\244\n",
	      "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+?a?\t\303\244\n");
	check("\001\n", "\002\n", "");
}

static void test_large(void **state)
{
	autobuf a = BUF_INIT, b = BUF_INIT;
	autofree char *diff = NULL;
	struct err e = { 0 };

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		buf_addf(&a, "a%u\n", i);
		buf_addf(&b, "b%u\n", i);
	}
	assert_int_equal(diff_unified("/f", buf_str(&a), buf_str(&b), &diff, &e), 0);
	assert_non_null(strstr(diff, "@@ -1,5000 +1,5000 @@"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
