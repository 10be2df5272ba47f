/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that pct keeps for a later version: which prevent a start, and how they are removed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

static struct err e;

static struct conf_file *parse(const char *text)
{
	struct conf_file *f = NULL;

	if (conf_parse(text, strlen(text), "config", 105, &f, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	return f;
}

static void prevents_start(void **state)
{
	static const struct {
		const char *line;
		bool vital;
	} cases[] = {
		{ "pve.hookscript = local:snippets/x", true },
		{ "pve.cmode = shell", false },
		{ "snap.pve.snapname = a\nsnap.pve.hookscript = local:snippets/x", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf_file *f = parse(cases[i].line);
		size_t at = 0;

		if (conf_kept_check(f, &at, &e) != (cases[i].vital ? -ENOTSUP : 0))
			fail_msg("%s: %s", cases[i].line, e.cause);
		conf_free(f);
	}
}

static void names_each(void **state)
{
	struct conf_file *f = parse("lxc.utsname = a\npve.hookscript = x:y\n");
	size_t at = 0;

	(void)state;
	assert_int_equal(conf_kept_check(f, &at, &e), -ENOTSUP);
	assert_string_equal(e.object, "config:2: pve.hookscript");
	assert_int_equal(e.line, 2);
	assert_non_null(strstr(e.remedy, "pct set 105 --delete hookscript"));
	assert_int_equal(conf_kept_check(f, &at, &e), 0);
	conf_free(f);
}

static void warns(void **state)
{
	struct conf_file *f = parse("pve.cmode = shell\npve.nix = 1\npve.unused0 = a:b\n");
	struct conf_findings found;

	(void)state;
	conf_warnings(f, &found);
	assert_int_equal(found.n, 2);
	assert_string_equal(found.v[0].text, "is kept, but the console is always a terminal");
	assert_string_equal(found.v[1].key, "pve.nix");
	conf_findings_done(&found);
	conf_free(f);
	/* Also in Proxmox VE's format. */
	f = parse("unprivileged: 1\ncmode: shell\nfeatures: later=1\n");
	conf_warnings(f, &found);
	assert_int_equal(found.n, 2);
	assert_string_equal(found.v[1].text, "later=1 is kept, but has no effect yet");
	conf_findings_done(&found);
	conf_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prevents_start),
		cmocka_unit_test(names_each),
		cmocka_unit_test(warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
