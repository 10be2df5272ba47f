/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids of volumes on ZFS, and lines that zfs(8) prints.  Includes the source, for the latter. */
#include "lib/storage/type/zfspool.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct storage tank = { .id = (char *)"local-zfs", .pool = (char *)"rpool/data" };

static void ids(void **state)
{
	static const struct {
		const char *name, *path; /* path NULL: invalid */
		unsigned owner;
		enum volume_form form;
	} cases[] = {
		{ "subvol-105-disk-0", "rpool/data/subvol-105-disk-0", 105, VOLUME_TREE },
		{ "basevol-105-disk-0", "rpool/data/basevol-105-disk-0", 105, VOLUME_TREE },
		{ "vm-105-disk-0", BLOCK "rpool/data/vm-105-disk-0", 105, VOLUME_RAW },
		{ "base-105-a.b", BLOCK "rpool/data/base-105-a.b", 105, VOLUME_RAW },
		{ "basevol-100-disk-0/subvol-105-disk-1", "rpool/data/subvol-105-disk-1", 105,
		  VOLUME_TREE },
		{ "base-100-disk-0/vm-105-disk-0", BLOCK "rpool/data/vm-105-disk-0", 105,
		  VOLUME_RAW },
		{ .name = "" },
		{ .name = "subvol-105" },
		{ .name = "subvol-105-" },
		{ .name = "subvol--disk-0" },
		{ .name = "subvol-99-disk-0" },
		{ .name = "subvol-0105-disk-0" },
		{ .name = "data" },
		{ .name = "105/subvol-105-x" },
		{ .name = "subvol-105-disk-0@snap" },
		{ .name = "subvol-105-../x" },
		{ .name = "subvol-105-a b" },
		{ .name = "vm-100-disk-0/vm-105-disk-0" },
		{ .name = "base-100-disk-0/" },
		{ .name = "/subvol-105-disk-0" },
		{ .name = "basevol-100-disk-0/subvol-105-disk-0/x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct volume v = { 0 };
		unsigned owner = 0;

		if (zfspool_locate(&tank, cases[i].name, &owner, &v) != !!cases[i].path)
			fail_msg("%s is %svalid", cases[i].name, cases[i].path ? "in" : "");
		if (!cases[i].path)
			continue;
		assert_string_equal(v.path, cases[i].path);
		assert_int_equal(v.form, cases[i].form);
		assert_int_equal(owner, cases[i].owner);
		assert_non_null(str_after(dataset(&v), "rpool/data/"));
		free(v.path);
	}
}

/* A container's volumes have names of their own, whatever their number. */
static void new_names(void **state)
{
	autofree char *root = zfspool_root_name(NULL, 105, 8192);
	autofree char *first = zfspool_disk_name(NULL, 105, 0, 0);

	(void)state;
	assert_string_equal(root, "subvol-105-disk-0");
	assert_string_equal(first, "subvol-105-disk-1");
}

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
		cmocka_unit_test(ids),
		cmocka_unit_test(new_names),
		cmocka_unit_test(listed),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
