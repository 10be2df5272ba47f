/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

static void numbers(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_true(parse_uint("18446744073709551615", 0, UINT64_MAX, &value));
	assert_true(value == UINT64_MAX);
	value = 7;
	assert_false(parse_uint("18446744073709551616", 0, UINT64_MAX, &value));
	assert_false(parse_uint("", 0, 9, &value));
	assert_false(parse_uint("-1", 0, 9, &value));
	assert_false(parse_uint(" 1", 0, 9, &value));
	assert_false(parse_uint("1x", 0, 9, &value));
	assert_false(parse_uint("10", 0, 9, &value));
	assert_true(value == 7);
}

static void container_numbers(void **state)
{
	static const char *const bad[] = { "",     "99",  "0100", "1000000000",
					   "-100", "1e3", "web1", "100 " };
	unsigned ctid;

	(void)state;
	assert_true(parse_ctid("100", &ctid));
	assert_true(parse_ctid("999999999", &ctid));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(parse_ctid(bad[i], &ctid));
}

static void booleans(void **state)
{
	bool value;

	(void)state;
	assert_true(parse_bool("YES", &value) && value);
	assert_true(parse_bool("off", &value) && !value);
	assert_false(parse_bool("100", &value));
	assert_false(parse_bool("", &value));
}

static void vectors(void **state)
{
	autostrv char **v = strv_split(",a, b,,c ", ", ");
	autofree char *joined = strv_join(v, ";");

	(void)state;
	assert_int_equal(strv_len(v), 3);
	assert_string_equal(joined, "a;b;c");
	assert_true(strv_has(v, "b"));
	assert_false(strv_has(NULL, "b"));
}

static void buffers(void **state)
{
	autobuf b = BUF_INIT;

	(void)state;
	assert_string_equal(buf_str(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i % 10);
	assert_int_equal(b.len, 2000);
	assert_int_equal(strlen(b.s), 2000);
}

static void errors(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, EINVAL, NULL, "bad address \"%s\"", "x\ny"), -EINVAL);
	assert_int_equal(err_wrap(&e, "pve.network.ip"), -EINVAL);
	assert_int_equal(err_wrap(&e, "config:%d", 7), -EINVAL);
	assert_string_equal(e.object, "config:7");
	assert_string_equal(e.cause, "pve.network.ip: bad address \"x?y\"");
}

/* Who does not want to know gets the number all the same, through all that add to the error. */
static void ignored_errors(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(NULL, ENOENT, "object", "cause"), -ENOENT);
	err_at_line(NULL, 7);
	err_set_object(NULL, "another");
	assert_int_equal(err_wrap(NULL, "outer"), -ENOENT);
	assert_int_equal(err_remedy(NULL, "remedy"), -ENOENT);
	assert_int_equal(err_code(NULL), -ENOENT);
	err_set(&e, EBUSY, NULL, "other");
	assert_int_equal(err_code(NULL), -ENOENT);
	assert_int_equal(err_take(NULL, &e), -EBUSY);
	assert_int_equal(err_code(NULL), -EBUSY);
}

/* Control characters of C1, as UTF-8 and as a byte, but not the bytes of other letters. */
static void test_c1(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, 22, NULL, "%s",
		"a\302\233 b\233 c\303\233 d\342\202\233 e\302\240 f\342\202");
	assert_string_equal(e.cause, "a? b? c\303\233 d\342\202\233 e\302\240 f??");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers), cmocka_unit_test(container_numbers),
		cmocka_unit_test(booleans), cmocka_unit_test(vectors),
		cmocka_unit_test(buffers), cmocka_unit_test(test_c1),
		cmocka_unit_test(errors),
		cmocka_unit_test(ignored_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
