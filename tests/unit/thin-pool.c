/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/thin-pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void names(void **state)
{
	char name[128], group[130];

	(void)state;
	assert_true(thin_pool_name("pve", "data", name));
	assert_string_equal(name, "pve-data-tpool");
	assert_true(thin_pool_name("my-group", "a-b", name));
	assert_string_equal(name, "my--group-a--b-tpool");
	memset(group, 'g', sizeof group);
	group[129] = '\0';
	assert_false(thin_pool_name(group, "data", name));
	assert_false(thin_pool_name("pve", group, name));
	group[117] = '\0'; /* with "-p-tpool" and the NUL there are 126 */
	assert_true(thin_pool_name(group, "p", name));
	memset(group, '-', sizeof group);
	group[129] = '\0';
	assert_false(thin_pool_name(group, "data", name));
}

static void states(void **state)
{
	static const struct {
		const char *line;
		enum thin_pool_state state;
	} rows[] = {
		{ "1 12/256 3/100 - rw discard_passdown queue_if_no_space - 1024",
		  THIN_POOL_WORKS },
		{ "1 12/256 100/100 - out_of_data_space discard_passdown error_if_no_space - 1024",
		  THIN_POOL_FULL },
		{ "1 256/256 3/100 - ro discard_passdown error_if_no_space - 1024",
		  THIN_POOL_READ_ONLY },
		{ "1 256/256 3/100 - rw discard_passdown error_if_no_space needs_check 1024",
		  THIN_POOL_FAILED },
		{ "Fail", THIN_POOL_FAILED },
		{ "Error", THIN_POOL_FAILED },
		{ "", THIN_POOL_UNKNOWN },
		{ "1 2 3", THIN_POOL_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(thin_pool_parse(rows[i].line), rows[i].state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
