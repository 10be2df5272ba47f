/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines that zfs(8) prints. */
#include "lib/storage/type/zfs-pool.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct storage tank = { .id = (char *)"local-zfs", .pool = (char *)"rpool/data" };

static void listed(void **state)
{
	static const struct {
		const char *line, *name; /* name NULL: it is no volume of the container */
		uint64_t bytes;
		unsigned ctid;
	} cases[] = {
		{ .line = "rpool/data\t-\t0\t-" },
		{ .line = "rpool/data/other\t-\t0\t-" },
		{ .line = "rpool/data2/subvol-105-disk-0\t-\t0\t-" },
		{ .line = "rpool/data/subvol-105-disk-0" },
		{ .line = "" },
		{ "rpool/data/subvol-105-disk-0\t-\t0\t-", "subvol-105-disk-0", 0, 105 },
		{ .line = "rpool/data/subvol-105-disk-0\t-\t0\t-", .ctid = 106 },
		{ .line = "rpool/data/subvol-105-disk-0\t-\t1G\t-" },
		{ "rpool/data/subvol-105-disk-0\t-\t4096\t-", "subvol-105-disk-0", 4096, 0 },
		{ "rpool/data/vm-105-disk-0\trpool/data/base-100-disk-0@__base__\t-\t8192",
		  "base-100-disk-0/vm-105-disk-0", 8192, 105 },
		{ "rpool/data/subvol-105-disk-0\trpool/data/subvol-104-disk-0@before\t0\t-",
		  "subvol-105-disk-0", 0, 0 },
		{ "rpool/data/subvol-105-disk-0\trpool/other/basevol-100-disk-0@__base__\t0\t-",
		  "subvol-105-disk-0", 0, 0 },
		{ "rpool/data/subvol-105-disk-0\trpool/data/subvol-104-disk-0@__base__\t0\t-",
		  "subvol-105-disk-0", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *name = NULL;
		uint64_t bytes = 0;
		bool is = parse_line(&tank, cases[i].line, cases[i].ctid, &name, &bytes);

		if (is != !!cases[i].name || !str_eq(name, cases[i].name) ||
		    bytes != cases[i].bytes)
			fail_msg("\"%s\" is %s", cases[i].line, name ? name : "no volume");
	}
}

static void sizes(void **state)
{
	struct storage_status status = { 0 };

	(void)state;
	assert_true(parse_status("1024\t4096\toff", &status));
	assert_int_equal(status.used, 1024);
	assert_int_equal(status.available, 4096);
	assert_int_equal(status.size, 5120);
	assert_true(status.can & STORAGE_CAN_WRITE);
	status.can = 0;
	assert_true(parse_status("0\t0\ton", &status));
	assert_false(status.can & STORAGE_CAN_WRITE);
	assert_false(parse_status("1024\t4096", &status));
	assert_false(parse_status("1.5G\t4096\toff", &status));
	assert_false(parse_status("-\t-\t-", &status));
	assert_false(parse_status("", &status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listed),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
