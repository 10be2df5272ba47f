/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /etc/subuid and /etc/subgid delegate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/subid.h"

static char path[] = "/tmp/subid-XXXXXX";

static void read_text(const char *text, struct subids *ret)
{
	struct err e;

	assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
	subids_read(path, ret);
}

static void reads(void **state)
{
	struct subids list;

	(void)state;
	read_text("joe:100000:65536\nroot:165536:10\n0:4294967290:5\nx:1:2:3\nroot:0:1\nroot:1:0\n"
		  "root:4294967295:1\nroot:4294967290:6\n:1:1\nroot:a:1\n", &list);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.v[0].owner, "joe");
	assert_false(list.v[0].is_root);
	assert_true(list.v[1].is_root && list.v[2].is_root);
	assert_int_equal(list.v[2].first, 4294967290u);
	subids_done(&list);
	subids_read("/nonexistent", &list);
	assert_int_equal(list.n, 0);
	subids_done(&list);
}

/* As newuidmap counts, which adds lines up (shadow's have_range()). */
static void covers(void **state)
{
	struct subids list;

	(void)state;
	read_text("root:200000:1000\njoe:300000:1000\nroot:199000:1000\nroot:201000:1\n", &list);
	assert_true(subids_grant_root(&list, 199000, 2001));
	assert_true(subids_grant_root(&list, 200500, 1));
	assert_false(subids_grant_root(&list, 199000, 2002));
	assert_false(subids_grant_root(&list, 198999, 2));
	assert_false(subids_grant_root(&list, 300000, 1));
	assert_false(subids_grant_root(&list, 0, 4294967295u));
	subids_done(&list);
}

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads), cmocka_unit_test(covers) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
