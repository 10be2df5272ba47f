/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/device.h"

static struct err e;

static void test_look(void **state)
{
	struct device d = { 0 };

	(void)state;
	assert_int_equal(device_look("/dev/null", &d, &e), 0);
	assert_int_equal(d.type, 'c');
	assert_int_equal(d.major, 1);
	assert_int_equal(d.minor, 3);
	assert_int_equal(device_look("/dev/null/x", &d, &e), -ENOENT);
	assert_int_equal(device_look("/dev/there-is-none", &d, &e), -ENOENT);
	assert_string_equal(e.object, "");
	assert_non_null(strstr(e.cause, "/dev/there-is-none"));
	assert_int_equal(device_look("/dev", &d, &e), -EISDIR);
	assert_non_null(strstr(e.remedy, "lxc.mount.entry = /dev dev none bind,create=dir 0 0"));
	assert_int_equal(device_look("/proc/self/exe", &d, &e), -ENODEV);
	assert_int_equal(d.minor, 3);
}

static void test_make(void **state)
{
	const struct device null = { 'c', 1, 3 }, disk = { 'b', 7, 0 };
	char top[] = "/tmp/device-XXXXXX";
	autoclose int dir = -1;
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	umask(077);
	assert_non_null(mkdtemp(top));
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* What is there already, is no obstacle, and a link is not followed. */
	assert_int_equal(symlinkat("/dev/zero", dir, "dev0"), 0);
	assert_int_equal(device_make(&disk, dir, "dev0", 0, 0, 0600, &e), 0);
	assert_int_equal(device_make(&null, dir, "dev0", 100005, 100006, 0666, &e), 0);
	assert_int_equal(fstatat(dir, "dev0", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, S_IFCHR | 0666);
	assert_int_equal(st.st_rdev, makedev(1, 3));
	assert_int_equal(st.st_uid, 100005);
	assert_int_equal(st.st_gid, 100006);
	assert_int_equal(unlinkat(dir, "dev0", 0), 0);
	assert_int_equal(rmdir(top), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
