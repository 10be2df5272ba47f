/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids of volumes on Ceph. */
#include "lib/storage/type/rbd.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct storage ceph = { .id = (char *)"ceph", .pool = (char *)"data" };
static const struct storage spaced = { .id = (char *)"ceph", .namespace = (char *)"space" };

static void ids(void **state)
{
	static const struct {
		const char *name, *path; /* path NULL: invalid */
		unsigned owner;
	} cases[] = {
		{ "vm-105-disk-0", "/dev/rbd/data/vm-105-disk-0", 105 },
		{ "base-105-a.b", "/dev/rbd/data/base-105-a.b", 105 },
		{ "base-100-disk-0/vm-105-disk-0", "/dev/rbd/data/vm-105-disk-0", 105 },
		{ .name = "" },
		{ .name = "vm-105" },
		{ .name = "vm-105-" },
		{ .name = "vm--disk-0" },
		{ .name = "vm-99-disk-0" },
		{ .name = "vm-0105-disk-0" },
		{ .name = "subvol-105-disk-0" },
		{ .name = "105/vm-105-disk-0" },
		{ .name = "vm-105-disk-0@snap" },
		{ .name = "vm-105-a b" },
		{ .name = "vm-100-disk-0/vm-105-disk-0" },
		{ .name = "base-100-disk-0/" },
		{ .name = "/vm-105-disk-0" },
		{ .name = "base-100-disk-0/vm-105-disk-0/x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct volume v = { 0 };
		unsigned owner = 0;

		if (rbd_locate(&ceph, cases[i].name, &owner, &v) != !!cases[i].path)
			fail_msg("%s is %svalid", cases[i].name, cases[i].path ? "in" : "");
		if (!cases[i].path)
			continue;
		assert_string_equal(v.path, cases[i].path);
		assert_string_equal(rbd_image_name(&v), strrchr(cases[i].path, '/') + 1);
		assert_int_equal(owner, cases[i].owner);
		free(v.path);
	}
}

static void new_names(void **state)
{
	autofree char *root = rbd_root_name(NULL, 105, 8192), *folder = rbd_root_name(NULL, 105, 0);
	autofree char *first = rbd_disk_name(NULL, 105, 8192, 0);
	struct volume v = { 0 };
	unsigned owner;

	(void)state;
	assert_string_equal(root, "vm-105-disk-0");
	assert_string_equal(first, "vm-105-disk-1");
	assert_null(folder);
	assert_true(rbd_locate(&spaced, root, &owner, &v));
	assert_string_equal(v.path, "/dev/rbd/rbd/space/vm-105-disk-0");
	free(v.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(new_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
