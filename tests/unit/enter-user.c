/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users and groups in the files of a container, which may be anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/util.h"
#include "lib/runtime/enter/enter-user.h"

#define PASSWD                                                                                     \
	"root:x:0:0:root:/root:/bin/bash\n"                                                        \
	"wwwx:x:32:32::/var:/bin/sh\n"                                                             \
	"www:x:33:34:Web,,,:/var/www:/usr/sbin/nologin\n"                                          \
	"other:x:33:35::/other:/bin/sh\n"                                                          \
	"bare:x:40:40:::\n"                                                                        \
	"relative:x:41:41::home:sh\n"                                                              \
	"+nis::::::\n"                                                                             \
	"short:x:50:50:/home\n"                                                                    \
	"long:x:51:51::/:/bin/sh:more\n"                                                           \
	"huge:x:4294967295:0::/:/bin/sh\n"                                                         \
	"wrap:x:4294967296:0::/:/bin/sh\n"                                                         \
	"sign:x:-1:0::/:/bin/sh\n"                                                                 \
	"hex:x:0x10:0::/:/bin/sh\n"                                                                \
	"gap:x::0::/:/bin/sh\n"                                                                    \
	"77:x:78:78::/:/bin/sh\n"                                                                  \
	"last:x:60:61::/l:/bin/l"

static void test_find(void **state)
{
	static const struct {
		const char *who, *user; /* NAME UID GID HOME SHELL; NULL: none */
	} cases[] = {
		{ "root", "root 0 0 /root /bin/bash" },
		{ "www", "www 33 34 /var/www /usr/sbin/nologin" },
		{ "33", "www 33 34 /var/www /usr/sbin/nologin" }, /* the first */
		{ "0033", "www 33 34 /var/www /usr/sbin/nologin" },
		{ "bare", "bare 40 40 / /bin/sh" },
		{ "relative", "relative 41 41 / /bin/sh" },
		{ "last", "last 60 61 /l /bin/l" },
		{ "77", NULL }, /* a number is never a name */
		{ "78", "77 78 78 / /bin/sh" },
		{ "ww", NULL },
		{ "+nis", NULL },
		{ "short", NULL },
		{ "long", NULL },
		{ "huge", NULL },
		{ "wrap", NULL },
		{ "sign", NULL },
		{ "hex", NULL },
		{ "gap", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *text = xstrdup(PASSWD), *got = NULL;
		struct enter_user u;

		if (enter_user_find(text, cases[i].who, &u))
			got = xasprintf("%s %u %u %s %s", u.name, u.uid, u.gid, u.home, u.shell);
		if (!str_eq(got, cases[i].user))
			fail_msg("%s: %s", cases[i].who, got ? got : "none");
	}
}

static void test_number(void **state)
{
	struct enter_user u;

	(void)state;
	assert_true(enter_user_number("1234", &u));
	assert_int_equal(u.uid, 1234);
	assert_int_equal(u.gid, 1234);
	assert_string_equal(u.home, "/");
	assert_false(enter_user_number("4294967295", &u));
	assert_false(enter_user_number("12x", &u));
	assert_false(enter_user_number("", &u));
}

static void test_group(void **state)
{
	static const char text[] = "root:x:0:\nlog:x:5:\n:x:6:\nlogs:x:z:\nlogs:x:7:a,b\nbare:x:8\n"
				   "short:x\nneg:x:4294967295:\n";
	static const char *const none[] = { "lo", "logsx", "x", "neg", "short" };
	gid_t gid = 0;

	(void)state;
	assert_true(enter_group_find(text, "logs", &gid));
	assert_int_equal(gid, 7);
	assert_true(enter_group_find(text, "bare", &gid));
	assert_int_equal(gid, 8);
	assert_true(enter_group_find("", "4033", &gid));
	assert_int_equal(gid, 4033);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_false(enter_group_find(text, none[i], &gid));
}

static void test_groups(void **state)
{
	static const char text[] = "root:x:0:\nweb:x:34:www\nadm:x:4:syslog,www\n"
				   "no:x:5:wwwx,xwww\nmid:x:6:a,www,b\nfirst:x:7:www,b\n"
				   "bad:x:z:www\nbare:x:8\nnone::9:,,\nmany:x:10:a:www\n"
				   "neg:x:4294967295:www\nend:x:11:www";
	const struct enter_user www = { .uid = 33, .gid = 34, .name = "www" };
	gid_t got[8] = { 0 };
	static const gid_t want[] = { 34, 4, 6, 7, 11 };

	(void)state;
	assert_int_equal(enter_user_groups(text, &www, got, 8), ARRAY_SIZE(want));
	assert_memory_equal(got, want, sizeof want);
	assert_int_equal(enter_user_groups(text, &www, got, 5), 5);
	assert_int_equal(enter_user_groups(text, &www, got, 4), 5);
	assert_int_equal(enter_user_groups("", &www, got, 8), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests_name("enter-user", tests, NULL, NULL);
}
