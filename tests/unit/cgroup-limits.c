/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written to a cgroup, in which order, to get from some limits to others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-limits.h"

#define MEMORY "lxc.cgroup.memory.limit_in_bytes = "
#define MEMSW "lxc.cgroup.memory.memsw.limit_in_bytes = "

static void plan_is(const char *from, const char *to, const char *want)
{
	struct cgroup_write writes[CGROUP_KEYS];
	size_t n = cgroup_limits_diff(from, to, 4, writes);
	autobuf got = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&got, "%s=%s\n", writes[i].key, writes[i].value);
	assert_string_equal(buf_str(&got), want);
}

static void test_nothing(void **state)
{
	(void)state;
	plan_is("", "", "");
	plan_is(MEMORY "100\n", MEMORY "100\n", "");
}

/* memsw is never below memory, also while one is written and the other is not yet. */
static void test_memory(void **state)
{
	(void)state;
	plan_is(MEMORY "100\n" MEMSW "150\n", MEMORY "200\n" MEMSW "250\n",
		"memory.memsw.limit_in_bytes=250\nmemory.limit_in_bytes=200\n");
	plan_is(MEMORY "200\n" MEMSW "250\n", MEMORY "100\n" MEMSW "150\n",
		"memory.limit_in_bytes=100\nmemory.memsw.limit_in_bytes=150\n");
	plan_is(MEMORY "100\n" MEMSW "150\n", "",
		"memory.memsw.limit_in_bytes=-1\nmemory.limit_in_bytes=-1\n");
	plan_is("", MEMORY "100\n" MEMSW "150\n",
		"memory.limit_in_bytes=100\nmemory.memsw.limit_in_bytes=150\n");
	/* Memory falls, and all of it with swap rises. */
	plan_is(MEMORY "200\n" MEMSW "250\n", MEMORY "100\n" MEMSW "1000\n",
		"memory.memsw.limit_in_bytes=1000\nmemory.limit_in_bytes=100\n");
	plan_is(MEMORY "100\n", MEMORY "100\n" MEMSW "150\n", "memory.memsw.limit_in_bytes=150\n");
}

static void test_cpu(void **state)
{
	(void)state;
	plan_is("", "lxc.cgroup.cpu.shares = 512\nlxc.cgroup.cpuset.cpus = 1-2\n",
		"cpu.shares=512\ncpuset.cpus=1-2\n");
	plan_is("lxc.cgroup.cpu.cfs_quota_us = 50000\nlxc.cgroup.cpuset.cpus = 1-2\n", "",
		"cpu.cfs_quota_us=-1\ncpuset.cpus=0-3\n");
}

static void test_v2(void **state)
{
	(void)state;
	plan_is("lxc.cgroup2.memory.max = 100\nlxc.cgroup2.cpu.max = 50000 100000\n",
		"lxc.cgroup2.memory.max = 200\nlxc.cgroup2.cpu.weight = 50\n",
		"memory.max=200\ncpu.max=max 100000\ncpu.weight=50\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_v2),
	};

	return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
