/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of configs share.  Include it after cmocka.h. */
#ifndef TESTS_UNIT_CONF_TEXT_H
#define TESTS_UNIT_CONF_TEXT_H

#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

/* Of container 105, called "F" in messages. */
static inline struct conf_file *parse(const char *text)
{
	struct conf_file *f = NULL;
	struct err e = { 0 };

	if (conf_parse(text, strlen(text), "F", 105, &f, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	return f;
}

static inline void check_text(const struct conf_file *f, const char *expected)
{
	autofree char *text = conf_text(f);

	assert_string_equal(text, expected);
}

/* bad: what stands behind name=eth0 in net0's value, and why that is refused; f stays as it is. */
static inline void check_refused(struct conf_file *f, const char *bad[][2], size_t n)
{
	autofree char *before = conf_text(f);

	for (size_t i = 0; i < n; i++) {
		autofree char *value = xasprintf("name=eth0,%s", bad[i][0]);
		struct err e = { 0 };

		assert_true(conf_set(f, "net0", value, &e) < 0);
		assert_string_equal(e.object, "net0");
		assert_string_equal(e.cause, bad[i][1]);
		check_text(f, before);
	}
}

#endif
