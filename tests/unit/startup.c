/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/startup.h"

static struct startup startup_of(const char *text)
{
	struct conf_file *f = NULL;
	struct startup startup;
	struct err e = { 0 };

	assert_int_equal(conf_parse(text, strlen(text), "F", 105, &f, &e), 0);
	startup = conf_values(f)->startup;
	conf_free(f);
	return startup;
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		struct startup is;
	} cases[] = {
		{ "pve.onboot = 1\n", { STARTUP_LAST, 0, 60 } },
		{ "pve.startup = 0\n", { 0, 0, 60 } },
		{ "pve.startup = order=3,up=5\n", { 3, 5, 60 } },
		{ "pve.startup = down=120,order=2\n", { 2, 0, 120 } },
		{ "pve.startup = up=30\n", { STARTUP_LAST, 30, 60 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct startup is = startup_of(cases[i].text);

		assert_memory_equal(&is, &cases[i].is, sizeof is);
	}
}

/* By order, those without one at the end; the longest wait of a group counts. */
static void test_order(void **state)
{
	struct startup_ct v[] = {
		{ 104, { STARTUP_LAST, 9, 60 } }, { 103, { 2, 0, 60 } },  { 102, { 1, 3, 60 } },
		{ 105, { 2, 0, 60 } },		  { 100, { STARTUP_LAST, 0, 60 } },
		{ 101, { 1, 7, 60 } },		  { 106, { 0, 1, 60 } },
	};
	static const unsigned order[] = { 106, 101, 102, 103, 105, 100, 104 };
	static const size_t groups[] = { 1, 2, 2, 2 };
	static const unsigned pauses[] = { 1, 7, 0, 9 };
	size_t at = 0;

	(void)state;
	startup_sort(v, ARRAY_SIZE(v));
	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		assert_int_equal(v[i].ctid, order[i]);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		assert_int_equal(startup_group(v + at, ARRAY_SIZE(v) - at), groups[i]);
		assert_int_equal(startup_pause(v + at, groups[i]), pauses[i]);
		at += groups[i];
	}
	startup_sort(NULL, 0);
	assert_int_equal(startup_group(v, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
