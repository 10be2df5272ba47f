/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ct/cpuset.h"
#include "lib/base/util.h"

static struct cpuset set;

static void good(void **state)
{
	(void)state;
	assert_true(cpuset_parse("0-2,7,100-101\n", &set));
	for (unsigned cpu = 0; cpu < CPUSET_MAX; cpu++)
		assert_int_equal(set.has[cpu], cpu < 3 || cpu == 7 || cpu == 100 || cpu == 101);
	assert_int_equal(set.end, 102);
	assert_true(cpuset_parse("\n", &set));
	assert_int_equal(set.end, 0);
	assert_true(cpuset_parse("8191", &set));
	assert_true(set.has[CPUSET_MAX - 1]);
}

static void bad(void **state)
{
	static const char *const lists[] = { "8192", "1-8192", "3-1", "-1",
					     "1-",   "x",      "1 2", "0-1-2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		assert_false(cpuset_parse(lists[i], &set));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(good), cmocka_unit_test(bad) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
