/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids of volumes on ZFS. */
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
		{ "vm-105-disk-0", ZFS_DEVICES "rpool/data/vm-105-disk-0", 105, VOLUME_RAW },
		{ "base-105-a.b", ZFS_DEVICES "rpool/data/base-105-a.b", 105, VOLUME_RAW },
		{ "basevol-100-disk-0/subvol-105-disk-1", "rpool/data/subvol-105-disk-1", 105,
		  VOLUME_TREE },
		{ "base-100-disk-0/vm-105-disk-0", ZFS_DEVICES "rpool/data/vm-105-disk-0", 105,
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
		assert_non_null(str_after(zfs_dataset(&v), "rpool/data/"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(new_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
