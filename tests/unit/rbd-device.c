/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's files of mapped images, in a folder that looks like /sys/bus/rbd. */
static char *sysfs;
#define RBD_SYSFS sysfs
#include "lib/host/rbd.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/unit/rbd-sysfs.h"

static const struct rbd_image image = { .monitors = "10.0.0.1,10.0.0.2:6789", .user = "admin",
					.secret = "AQ==", .pool = "rbd", .name = "vm-105-disk-0" };

static void lines(void **state)
{
	struct rbd_image i = image;
	autofree char *plain = add_line(&i), *other = NULL;

	(void)state;
	assert_string_equal(plain, "10.0.0.1,10.0.0.2:6789 name=admin,secret=AQ==,mount_timeout=20 "
				   "rbd vm-105-disk-0 -");
	i = (struct rbd_image){ "[fd00::1]:3300", true, "pve", NULL, "a", "b", "c" };
	other = add_line(&i);
	assert_string_equal(other, "[fd00::1]:3300 name=pve,mount_timeout=20,ms_mode=prefer-crc,"
				   "_pool_ns=b a c -");
}

static void clusters(void **state)
{
	(void)state;
	assert_true(meet("10.0.0.1:6789,10.0.0.2:6789", "10.0.0.2"));
	assert_true(meet("[fd00::1]:6789", "10.0.0.2,[fd00::1]"));
	assert_false(meet("10.0.0.1:6789", "10.0.0.10:6789"));
	assert_false(meet("[fd00::1]:6789", "[fd00::2]:6789"));
	assert_false(meet("", "10.0.0.1"));
}

static void finds(void **state)
{
	struct rbd_image other = image;
	struct rbd_mapping m;

	(void)state;
	assert_false(rbd_find(&image, &m));
	sysfs_add("0", "rbd", "vm-105-disk-1", "-", "10.0.0.1:6789 name=admin rbd x -");
	sysfs_add("1", "rbd", "vm-105-disk-0", "before", "10.0.0.1:6789 name=admin rbd x -");
	sysfs_add("2", "data", "vm-105-disk-0", "-", "10.0.0.1:6789 name=admin rbd x -");
	sysfs_add("3", "rbd", "vm-105-disk-0", "-", "10.0.0.9:6789 name=admin rbd x -");
	assert_false(rbd_find(&image, &m));
	sysfs_add("7", "rbd", "vm-105-disk-0", "-", "10.0.0.2:6789 name=admin rbd x -");
	assert_true(rbd_find(&image, &m));
	assert_int_equal(m.id, 7);
	assert_string_equal(m.device, "/dev/rbd7");
	assert_string_equal(m.client, "4123");
	other.namespace = "space";
	assert_false(rbd_find(&other, &m));
	sysfs_write("devices/7/pool_ns", "space");
	assert_true(rbd_find(&other, &m));
	assert_false(rbd_find(&image, &m));
}

static void writes(void **state)
{
	autofree char *text = NULL, *gone = NULL;
	autofree char *line = add_line(&image);

	(void)state;
	assert_int_equal(rbd_check_kernel(NULL), 0);
	assert_int_equal(rbd_map(&image, NULL), 0);
	text = sysfs_read("add_single_major");
	assert_string_equal(text, line);
	assert_int_equal(rbd_unmap(12), 0);
	gone = sysfs_read("remove_single_major");
	assert_string_equal(gone, "12");
}

static void no_kernel(void **state)
{
	struct err e = { 0 };

	(void)state;
	sysfs_remove();
	assert_int_equal(rbd_map(&image, &e), -ENODEV);
	assert_string_equal(e.remedy, "modprobe rbd");
}

static void errors(void **state)
{
	static const struct {
		int from, to;
		const char *cause;
	} rows[] = {
		{ ENOENT, ENOENT, "there is no such image: rbd/vm-105-disk-0" },
		{ EPERM, EPERM, "the cluster refuses the user admin" },
		{ EIO, EHOSTUNREACH, "the monitors 10.0.0.1,10.0.0.2:6789 do not answer" },
		{ ETIMEDOUT, EHOSTUNREACH, "the monitors 10.0.0.1,10.0.0.2:6789 do not answer" },
		{ ENXIO, ENOTSUP, "the kernel lacks features of the image" },
		{ EINVAL, EINVAL, "cannot map the image: Invalid argument" },
		{ EACCES, EACCES, "cannot map the image: Permission denied" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err e = { 0 };

		assert_int_equal(err_map(&image, -rows[i].from, &e), -rows[i].to);
		assert_string_equal(e.cause, rows[i].cause);
		assert_null(strstr(e.cause, "AQ=="));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(clusters),
		cmocka_unit_test_setup_teardown(finds, sysfs_begin, sysfs_end),
		cmocka_unit_test_setup_teardown(writes, sysfs_begin, sysfs_end),
		cmocka_unit_test_setup_teardown(no_kernel, sysfs_begin, sysfs_end),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
