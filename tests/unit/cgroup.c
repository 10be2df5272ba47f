/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/cgroup.h"

static const char runtime[] = "# lxc.cgroup2.io.max is told of here\n"
			      "lxc.cgroup2.memory.max = 536870912\n"
			      "lxc.cgroup2.devices.deny = a\n"
			      "lxc.cgroup2.cgroup.max.depth = 3\n"
			      "lxc.cgroup2.cpu.weight=100\n"
			      "lxc.cgroup.freezer.state = THAWED\n";

static int check(const char *text, const char *controllers, struct err *e)
{
	autostrv char **have = strv_split(controllers, " ");

	return cgroup_check_controllers(text, have, e);
}

static void test_all_there(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(check(runtime, "cpuset cpu memory", &e), 0);
	assert_int_equal(check("lxc.cgroup2.devices.deny = a\n", "", &e), 0);
}

/* The first as on a Raspberry Pi; the second: cpuset is no cpu. */
static void test_missing(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(check(runtime, "cpuset cpu io pids", &e), -ENOSYS);
	assert_string_equal(e.object, "memory.max");
	assert_int_equal(check(runtime, "cpuset memory", &e), -ENOSYS);
	assert_string_equal(e.object, "cpu.weight");
	assert_int_equal(check(runtime, "", &e), -ENOSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_there),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
