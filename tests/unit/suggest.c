/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/suggest.h"
#include "lib/base/util.h"

static const char *const words[] = { "set",  "status", "start", "stop",   "memory",
				     "ip6",  "ip",     "gw",    "netmask", "" };

static const char *best(const char *given)
{
	struct suggestion s = { .given = given };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		suggestion_offer(&s, words[i]);
	return s.best;
}

static void finds_what_was_meant(void **state)
{
	static const char *const cases[][2] = {
		{ "memroy", "memory" }, /* swapped */
		{ "memry", "memory" },  /* missing */
		{ "mmemory", "memory" },
		{ "nemori", "memory" }, /* two of six are wrong */
		{ "stat", "status" },   /* an abbreviation, though start is one away */
		{ "stxp", "stop" },     { "mem", "memory" }, { "ip", "ip" }, { "ip7", "ip6" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(best(cases[i][0]), cases[i][1]);
}

static void finds_nothing_far_away(void **state)
{
	static const char *const cases[] = {
		"", "x", "frobnicate", "yemorix", "setxxx",
		"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_null(best(cases[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_meant),
		cmocka_unit_test(finds_nothing_far_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
