/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/password.h"
#include "lib/base/util.h"

static void test_hash(void **state)
{
	autofree char *first = NULL, *second = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(password_hash("correct horse", &first, &e), 0);
	assert_int_equal(password_hash("correct horse", &second, &e), 0);
	assert_int_equal(first[0], '$');
	assert_null(strchr(first, ':'));
	assert_string_not_equal(first, second); /* the salt is random */
}

/* Faults of the predecessor: it hashed $2b$, $y$ and $6$rounds= once more. */
static void test_hashes_stay(void **state)
{
	static const char *const hashes[] = {
		"$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNj"
		"nJQJuesI68OTLiBFdcbY"
		"EdFCoEOfaS35inz1",
		("$6$rounds=5000$saltsalt$ASYMPiMO8nYOeZzRjpDcjn5jHPNUdVyRpEj3kz4iBXBbMTTCxVkz8"
		 "OWvxgB0vlNzhAUyVPeCXd9FRaZ8tuGms1"),
		"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		autofree char *hash = NULL;
		struct err e = { 0 };

		assert_int_equal(password_hash(hashes[i], &hash, &e), 0);
		assert_string_equal(hash, hashes[i]);
	}
}

static void test_not_hashes(void **state)
{
	static const char *const texts[] = { "$6$saltstring$", "$ecret", "$6$a:b$cdef",
					     "$y$j9T$x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree char *hash = NULL;
		struct err e = { 0 };

		assert_int_equal(password_hash(texts[i], &hash, &e), 0);
		assert_string_not_equal(hash, texts[i]);
	}
}

static void test_refused(void **state)
{
	char *hash = NULL, longest[600];
	struct err e = { 0 };

	(void)state;
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(password_hash("", &hash, &e), -EINVAL);
	assert_int_equal(password_hash("1234", &hash, &e), -EINVAL);
	assert_int_equal(password_hash("two\nlines", &hash, &e), -EINVAL);
	assert_null(strstr(e.cause, "two"));
	assert_int_equal(password_hash(longest, &hash, &e), -EINVAL);
	assert_null(hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),      cmocka_unit_test(test_hashes_stay),
		cmocka_unit_test(test_not_hashes), cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
