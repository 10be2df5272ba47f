/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our section of a file: one, canonical, and nobody else's line lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/util.h"
#include "setup/text-section.h"

#define B SECTION_BEGIN "\n"
#define E SECTION_END "\n"

static const struct {
	const char *old, *body, *expected;
	enum section_place place;
} cases[] = {
	{ NULL, "x\n", B "x\n" E, SECTION_APPEND },
	{ "", "x\n", B "x\n" E, SECTION_APPEND },
	{ "a", "x", "a\n" B "x\n" E, SECTION_APPEND },
	{ "a\n\n\n", "x\n", "a\n" B "x\n" E, SECTION_APPEND },
	{ "a\n", "x\n", B "x\n" E, SECTION_REPLACE },
	{ "a\n", "", "a\n", SECTION_REPLACE },
	{ NULL, "", "", SECTION_APPEND },
	/* in place */
	{ "a\n" B "old\n" E "b", "x\n", "a\n" B "x\n" E "b", SECTION_REPLACE },
	{ "a\n" B E "\nb\n", "x\n", "a\n" B "x\n" E "\nb\n", SECTION_APPEND },
	/* nothing to say: no section, and no growing number of blank lines */
	{ "a\n" B "old\n" E "\nb\n", "", "a\n\nb\n", SECTION_APPEND },
	{ B "old\n" E, "", "", SECTION_APPEND },
	/* several */
	{ B "1\n" E "a\n" B "2\n" E "b\n", "x\n", B "x\n" E "a\nb\n", SECTION_APPEND },
	/* torn */
	{ B "mine\n", "x\n", B "x\n" E "mine\n", SECTION_APPEND },
	{ B "x\nmine\n", "x\n", B "x\n" E "mine\n", SECTION_APPEND },
	{ "mine\nx\n" E, "x\n", "mine\n" B "x\n" E, SECTION_APPEND },
	{ B "mine\n" B "old\n" E, "x\n", B "x\n" E "mine\n", SECTION_APPEND },
	{ "a\n" B, "x\n", "a\n" B "x\n" E, SECTION_APPEND },
	/* the predecessor's spellings */
	{ "#---BEGIN PVE---\nold\n# --- end PVE\n", "x\n", B "x\n" E, SECTION_APPEND },
	{ "# --- BEGINNER\n", "x\n", "# --- BEGINNER\n" B "x\n" E, SECTION_APPEND },
};

static void test_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *new = section_set(cases[i].old, cases[i].body, cases[i].place);
		autofree char *again = section_set(new, cases[i].body, cases[i].place);

		assert_string_equal(new, cases[i].expected);
		assert_string_equal(again, cases[i].expected);
	}
}

static void test_strip(void **state)
{
	autofree char *text = section_strip("a\n" B "x\n" E "b\n" B "y\n" E "c\n");

	(void)state;
	assert_string_equal(text, "a\nb\nc\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_set),
					    cmocka_unit_test(test_strip) };

	return cmocka_run_group_tests_name("section", tests, NULL, NULL);
}
