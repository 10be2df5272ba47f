/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which ranges of ids are taken, and which is next.  Includes the source: the files are not /etc's.
 */
#include "lib/conf/idrange.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/idrange-XXXXXX";
static struct err e;

static char *put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name), *at;

	for (at = path + strlen(dir) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
	return path;
}

static void takes(void **state)
{
	autofree char *first =
		put("pve/nodes/a/lxc/105/config",
		    "pve.unprivileged = 1\nlxc.idmap = u 0 200000 65536\n"
		    "  lxc.id_map=g 0 300000 10\r\n#lxc.idmap = u 0 1 1\n"
		    "snap.lxc.idmap = u 0 400000 1\npending.idmap = u 0 500000 2;b 5 6 7\n"
		    "this is no line\nlxc.idmap = u 0 0\npve.comment = lxc.idmap = u 1 2 3\n");
	autofree char *second =
		put("pve/nodes/b/lxc/106.conf", "hostname: a\nlxc.idmap: u 0 600000 65536\n[s]\n"
						"lxc.idmap: g 0 700000 65536\n");
	autofree char *top = xasprintf("%s/pve", dir), *none = xasprintf("%s/none", dir);
	static const struct idrange expected[] = {
		{ 105, false, 200000, 65536 }, { 105, true, 300000, 10 },
		{ 105, false, 400000, 1 },     { 105, false, 500000, 2 },
		{ 105, false, 6, 7 },	       { 105, true, 6, 7 },
		{ 106, false, 600000, 65536 }, { 106, true, 700000, 65536 },
	};
	struct idranges list;

	(void)state;
	setenv("PCT_ETC", top, 1);
	assert_int_equal(idranges_read(0, &list, &e), 0);
	assert_int_equal(list.n, ARRAY_SIZE(expected));
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(list.v[i].ctid, expected[i].ctid);
		assert_int_equal(list.v[i].group, expected[i].group);
		assert_int_equal(list.v[i].first, expected[i].first);
		assert_int_equal(list.v[i].count, expected[i].count);
	}
	idranges_done(&list);
	assert_int_equal(idranges_read(105, &list, &e), 0);
	assert_int_equal(list.n, 2);
	idranges_done(&list);
	setenv("PCT_ETC", none, 1);
	assert_int_equal(idranges_read(0, &list, &e), 0);
	assert_int_equal(list.n, 0);
	setenv("PCT_ETC", top, 1);
	idranges_done(&list);
	/* What cannot be read may have any. */
	unlink(first);
	assert_int_equal(mkdir(first, 0755), 0);
	assert_true(idranges_read(0, &list, &e) < 0);
	assert_int_equal(rmdir(first), 0);
	unlink(second);
}

/* What comes next, as "u FIRST g FIRST", or the error's remedy. */
static char *next(const char *subuid, const char *subgid, const char *passwd, const char *group,
		  const struct idranges *used)
{
	autofree char *a = put("subuid", subuid), *b = put("subgid", subgid);
	autofree char *c = put("passwd", passwd), *d = put("group", group);
	const struct source from[2] = { { a, c, false }, { b, d, true } };
	struct idmap map;
	char *text;

	if (pick(from, used, &map, &e) == 0)
		return xasprintf("u %u g %u", map.uid[0].outside, map.gid[0].outside);
	/* Without the folder's name. */
	text = xstrdup(e.remedy);
	for (char *at; (at = strstr(text, dir));)
		memmove(at, at + strlen(dir), strlen(at + strlen(dir)) + 1);
	return text;
}

static void check_next(const char *expected, const char *subuid, const char *subgid,
		       const char *passwd, const char *group, const struct idrange *used, size_t n)
{
	struct idranges list = { (struct idrange *)used, n };
	autofree char *now = next(subuid, subgid, passwd, group, &list);

	assert_string_equal(now, expected);
}

/* The shared range of this host is 100000 to 165535, or what root has instead: both are far off. */
#define GRANT "root:1000000:196608\n"

static void picks(void **state)
{
	static const struct idrange used[] = {
		{ 105, false, 1000000, 65536 },
		{ 106, true, 1065536, 65536 },
		{ 107, false, 1131072, 1 },
	};

	(void)state;
	check_next("u 1000000 g 1000000", GRANT, GRANT, "", "", NULL, 0);
	check_next("u 1065536 g 1065536", GRANT, GRANT, "", "", used, 1);
	/* The same numbers, then different ones. */
	check_next("u 1131072 g 1131072", GRANT, GRANT, "", "", used, 2);
	check_next("u 1065536 g 1000000", GRANT, GRANT, "", "", used, 3);
	check_next("u 1000000 g 5000000", GRANT, "root:5000000:65536\n", "", "", NULL, 0);
	/* Not whom somebody else is, nor what another was delegated. */
	check_next("u 1000006 g 1000006", GRANT, GRANT, "joe:x:1000005:1000005::/:/\n", "", NULL,
		   0);
	check_next("u 1000006 g 1000006", GRANT, GRANT, "", "joe:x:1000005:\n", NULL, 0);
	check_next("u 1065500 g 1065500", GRANT "joe:1000000:65500\n", GRANT, "", "", NULL, 0);
	/* Lines that go on from one another. */
	check_next("u 1000000 g 1000000", "root:1000001:65535\nroot:1000000:1\n", GRANT, "", "",
		   NULL, 0);
	check_next("u 1000000 g 1000000", GRANT GRANT, GRANT, "", "", NULL, 0);
}

static void full(void **state)
{
	static const struct idrange used[] = {
		{ 105, false, 1000000, 65536 },
		{ 105, true, 1000000, 65536 },
		{ 106, false, 1065536, 200000 },
		{ 106, true, 1065536, 200000 },
	};

	(void)state;
	check_next("add the line \"root:1265536:6553600\" to /subuid and /subgid",
		   GRANT "joe:165536:834464\n", GRANT "joe:165536:834464\n", "", "", used, 4);
	assert_int_equal(e.num, ENOSPC);
	check_next("add the line \"root:1265536:6553600\" to /subgid",
		   GRANT "root:9000000:65536\n"
			 "joe:165536:834464\n",
		   GRANT, "", "", used, 4);
	check_next("add the line \"root:1265536:6553600\" to /subuid", "joe:165536:834464\n",
		   GRANT "root:9000000:65536\n", "", "", used, 4);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "subuid",
					     "subgid",
					     "passwd",
					     "group",
					     "pve/nodes/a/lxc/105",
					     "pve/nodes/a/lxc",
					     "pve/nodes/a",
					     "pve/nodes/b/lxc",
					     "pve/nodes/b",
					     "pve/nodes",
					     "pve",
					     "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autofree char *path = xasprintf("%s/%s", dir, names[i]);

		if (remove(path) < 0)
			return -1;
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(takes), cmocka_unit_test(picks),
					    cmocka_unit_test(full) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
