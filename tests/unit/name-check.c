/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host names, domain names and time zones. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/name-check.h"

#define LABEL "a23456789012345678901234567890123456789012345678901234567890123"

static void test_names(void **state)
{
	static const struct {
		const char *name;
		unsigned kinds; /* of which it is a good name, a bit each */
	} names[] = {
		{ "a", 7 }, { "web1", 7 }, { "", 0 }, { "a b", 0 }, { "a\nb", 0 }, { "a;b", 0 },
		{ "web1.ex.org", 1 << NAME_HOST | 1 << NAME_DOMAIN },
		{ LABEL, 7 }, { LABEL "4", 1 << NAME_ZONE },
		{ LABEL "." LABEL "." LABEL "." LABEL, 3 },
		{ LABEL "." LABEL "." LABEL "." LABEL ".a", 0 },
		{ ".", 1 << NAME_DOMAIN }, { "ex.org.", 1 << NAME_DOMAIN }, { "ex.org..", 0 },
		{ "a..b", 0 }, { ".a", 0 }, { "a-b.c", 3 }, { "-a.b", 0 }, { "a.b-", 0 },
		{ "_ldap.ex.org", 1 << NAME_DOMAIN },
		{ "Europe/Vienna", 1 << NAME_ZONE }, { "Etc/GMT+5", 1 << NAME_ZONE },
		{ "America/Port-au-Prince", 1 << NAME_ZONE },
		{ "../../etc/shadow", 0 }, { "/etc/shadow", 0 }, { "Europe/", 0 }, { "a//b", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (int kind = NAME_HOST; kind <= NAME_ZONE; kind++) {
			struct err e = { 0 };
			int wanted = names[i].kinds & 1u << kind ? 0 : -EINVAL;

			if (name_check(names[i].name, (enum name_kind)kind, &e) != wanted)
				fail_msg("\"%s\" as kind %d: %s", names[i].name, kind, e.cause);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
