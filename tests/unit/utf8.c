/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of foreign text a terminal would not show as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

static void disarmed(const char *text, const char *allowed, const char *expected)
{
	autofree char *copy = xstrdup(text);

	text_sanitize(copy, allowed);
	assert_string_equal(copy, expected);
	text_sanitize(copy, allowed);
	assert_string_equal(copy, expected);
}

/* Behind a letter and before one, at either end, and twice. */
static void each_place(const char *character, const char *expected)
{
	autofree char *text = xasprintf("%sa%s%sb%s", character, character, character, character);
	autofree char *want = xasprintf("%sa%s%sb%s", expected, expected, expected, expected);

	disarmed(text, "", want);
}

static void ordinary(void **state)
{
	static const char *const texts[] = {
		"", " ~", "\303\244\303\266", "\346\227\245\346\234\254", "\320\226", "\327\220",
		"\330\271\330\261\330\250\331\212", "\302\240", "\302\251", "\341\202\240",
		"\342\200\223", "\342\200\246", "\342\202\254", "\357\277\275", "\360\237\220\247",
		"\364\217\277\275", "e\314\201", "\342\235\244\357\270\217",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		each_place(texts[i], texts[i]);
		assert_false(has_control(texts[i]));
	}
	text_sanitize(NULL, "");
}

static void controls(void **state)
{
	static const char *const texts[] = {
		"\001", "\t", "\n", "\r", "\033", "\177", "\302\200", "\302\205", "\302\233",
		"\302\237", /* C1 */
		"\342\200\250", "\342\200\251", /* separators of lines and paragraphs */
		"\342\200\252", "\342\200\253", "\342\200\254", "\342\200\255", "\342\200\256",
		"\342\201\246", "\342\201\247", "\342\201\250", "\342\201\251", /* isolates */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree char *inside = xasprintf("a%sb", texts[i]);

		each_place(texts[i], "?");
		assert_true(has_control(texts[i]));
		assert_true(has_control(inside));
	}
	disarmed("a\tb\nc\033d\302\205", "\t\n", "a\tb\nc?d?");
}

/* A config may have these, as Persian or a family of emoji needs them; they are shown as '?'. */
static void hidden(void **state)
{
	static const char *const texts[] = {
		"\302\255", "\330\234", "\341\240\216", "\342\200\213", "\342\200\214",
		"\342\200\215", "\342\200\216", "\342\200\217", "\342\201\240", "\342\201\244",
		"\342\201\252", "\342\201\257", "\357\273\277", "\357\277\271", "\357\277\273",
		"\363\240\200\201", "\363\240\201\201",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		each_place(texts[i], "?");
		assert_false(has_control(texts[i]));
	}
}

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut off. */
static void invalid(void **state)
{
	static const char *const texts[][2] = {
		{ "\200", "?" },		 { "\233", "?" },
		{ "\344", "?" },		 { "\377\376", "??" },
		{ "\300\200", "??" },		 { "\301\277", "??" },
		{ "\340\200\200", "???" },	 { "\340\237\277", "???" },
		{ "\355\240\200", "???" },	 { "\355\277\277", "???" },
		{ "\360\200\200\200", "????" },	 { "\364\220\200\200", "????" },
		{ "\365\200\200\200", "????" },	 { "\342\200", "??" },
		{ "\360\237\220", "???" },	 { "\303", "?" },
		{ "\303\303\244", "?\303\244" }, { "\342\200\033", "???" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		disarmed(texts[i][0], "", texts[i][1]);
	disarmed("f\374r 5 \200", "", "f?r 5 ?");
}

static void messages(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, 1, "a\342\200\256b", "\342\201\246c\374");
	err_remedy(&e, "\342\200\213d");
	assert_string_equal(e.object, "a?b");
	assert_string_equal(e.cause, "?c?");
	assert_string_equal(e.remedy, "?d");
}

/* JSON has a way to write them, so that nothing is lost. */
static void json(void **state)
{
	static const char all[] = "\303\244\342\200\256\302\205\177\357\273\277"
				  "\363\240\200\201\346\227\245";
	struct json_t *array = json_new_array(), *again;
	autofree char *text = NULL, *back = NULL;

	(void)state;
	json_push_string(array, all);
	json_push_string(array, "f\374r \303\244");
	text = json_text(array, false);
	assert_string_equal(text, "[\"\303\244\\u202e\\u0085\\u007f\\ufeff\\udb40\\udc01"
				  "\346\227\245\",\"f\357\277\275r \303\244\"]");
	again = json_parse(text);
	assert_non_null(again);
	back = json_text(again, false);
	assert_string_equal(text, back);
	json_free(again);
	json_free(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary),    cmocka_unit_test(controls),
		cmocka_unit_test(hidden),      cmocka_unit_test(invalid),
		cmocka_unit_test(messages),    cmocka_unit_test(json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
