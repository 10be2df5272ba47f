/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps, and what the subid files grant.  Includes the source: the files are not /etc's own. */
#include "lib/host/idmap.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

static char dir[] = "/tmp/idmap-XXXXXX";
static struct err e;
static struct idmap map;

static int parse(const char *a, const char *b, const char *c)
{
	char *values[] = { (char *)a, (char *)b, (char *)c, NULL };

	memset(&e, 0, sizeof e);
	return idmap_parse(values, &map, NULL, &e);
}

static void parses(void **state)
{
	(void)state;
	assert_int_equal(parse("u 0 100000 1000", "g 0 200000 65536", "u 1000 1000 1"), 0);
	assert_int_equal(map.n_uid, 2);
	assert_int_equal(map.n_gid, 1);
	assert_int_equal(map.uid[1].outside, 1000);
	assert_int_equal(idmap_root_uid(&map), 100000);
	assert_int_equal(idmap_root_gid(&map), 200000);
}

static void refuses(void **state)
{
	static const char *const bad[] = { "u 0 100000", "x 0 1 1", "u 0 100000 0", "u -1 1 1",
					   "u 0 4294967295 2", "u 4294967290 5 10",
					   "u 0 1 1 1", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse(bad[i], NULL, NULL), -EINVAL);
		assert_non_null(strstr(e.cause, bad[i]));
	}
	assert_int_equal(parse("u 1 100000 10", "g 0 100000 10", NULL), -EINVAL);
	assert_non_null(strstr(e.cause, "user 0"));
	assert_int_equal(parse(NULL, NULL, NULL), -EINVAL);
}

static void overlaps(void **state)
{
	(void)state;
	assert_int_equal(parse("u 0 100000 100", "u 99 5000 1", "g 0 1 1"), -EINVAL);
	assert_non_null(strstr(e.cause, "u 0 100000 100"));
	assert_non_null(strstr(e.cause, "u 99 5000 1"));
	assert_int_equal(parse("u 0 100000 100", "u 200 100099 1", "g 0 1 1"), -EINVAL);
	assert_int_equal(parse("u 0 100000 100", "u 100 100100 1", "g 0 100000 1"), 0);
}

static void ids_of_host(void **state)
{
	uint32_t id;

	(void)state;
	assert_int_equal(parse("u 0 100000 1000", "u 1000 1000 1", "g 0 200000 10"), 0);
	assert_true(idmap_outside(map.uid, map.n_uid, 999, &id));
	assert_int_equal(id, 100999);
	assert_true(idmap_outside(map.uid, map.n_uid, 1000, &id));
	assert_int_equal(id, 1000);
	assert_false(idmap_outside(map.uid, map.n_uid, 1001, &id));
	assert_false(idmap_outside(map.gid, map.n_gid, UINT32_MAX, &id));
}

static int grant(const char *text, bool newuidmap)
{
	autofree char *file = xasprintf("%s/subid", dir);

	memset(&e, 0, sizeof e);
	assert_int_equal(file_write(file, text, strlen(text), 0644, &e), 0);
	return default_from(file, file, newuidmap, &map, &e);
}

static void grants(void **state)
{
	(void)state;
	assert_int_equal(grant("joe:300000:65536\nroot:100000:65536\n", true), 0);
	assert_int_equal(map.uid[0].outside, 100000);
	assert_int_equal(grant("root:231072:65536\nroot:500000:65536\n", true), 0);
	assert_int_equal(map.gid[0].outside, 231072);
	assert_int_equal(map.gid[0].count, 65536);
	assert_int_equal(grant("root:231072:65536\n0:65536:1000000\n", true), 0);
	assert_int_equal(map.uid[0].outside, 100000);
	assert_int_equal(grant("root:5000:1000\n", true), 0);
	assert_int_equal(map.uid[0].count, 1000);
}

static void no_grant(void **state)
{
	(void)state;
	assert_int_equal(grant("", true), -EPERM);
	assert_non_null(strstr(e.remedy, "root:100000:65536"));
	assert_int_equal(grant("joe:100000:65536\nroot:x:1\nroot:1\n", true), -EPERM);
	assert_int_equal(grant("", false), 0);
	assert_int_equal(map.uid[0].outside, 100000);
	assert_int_equal(default_from("/nonexistent", "/nonexistent", false, &map, &e), 0);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	autofree char *file = xasprintf("%s/subid", dir);

	(void)state;
	unlink(file);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses), cmocka_unit_test(refuses), cmocka_unit_test(overlaps),
		cmocka_unit_test(ids_of_host),
		cmocka_unit_test(grants), cmocka_unit_test(no_grant),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
