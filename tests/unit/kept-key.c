/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that pct keeps for a later version: which are found, and how they are removed. */
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

/* Neither a line of a snapshot, nor a key that begins like one of these. */
static void is_found(void **state)
{
	struct conf_file *f = parse("pve.cmodes = 1\nsnap.pve.snapname = a\n"
				    "snap.pve.cmode = shell\n");
	struct conf_kept kept;

	(void)state;
	assert_false(conf_kept_find(f, "cmode", &kept));
	conf_free(f);
	f = parse("lxc.utsname = a\npve.cmode = shell\n");
	assert_true(conf_kept_find(f, "cmode", &kept));
	assert_int_equal(conf_kept_drop(f, "cmode", &e), 0);
	assert_false(conf_kept_find(f, "cmode", &kept));
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
		cmocka_unit_test(is_found),
		cmocka_unit_test(warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
