/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "tests/unit/conf-text.h"

static void set(struct conf_file *f, const char *option, const char *value)
{
	struct err e = { 0 };

	if (conf_set(f, option, value, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
}

/* Features without effect are kept, and named. */
static void test_features(void **state)
{
	static const char *const bad[][2] = {
		{ "nesting", "is not FEATURE=VALUE: \"nesting\"" },
		{ "nesting=maybe", "nesting: is not 0 or 1: \"maybe\"" },
		{ "nesting=1,nesting=0", "nesting is given twice" },
		{ "keyctrl=1", "there is no such feature: \"keyctrl=1\"" },
		{ "mount=", "mount: is not FSTYPE[;FSTYPE]: \"\"" },
		{ "mount=nfs/x", "mount: is not FSTYPE[;FSTYPE]: \"nfs/x\"" },
	};
	struct conf_file *f = conf_new(105), *later = NULL;
	autofree char *ignored = NULL, *none = NULL, *shown = NULL, *unknown = NULL;

	(void)state;
	set(f, "features", "keyctl=on,fuse=0,mount=nfs;cifs,nesting=1");
	shown = conf_get(f, "features");
	assert_string_equal(shown, "keyctl=1,mount=nfs;cifs,nesting=1");
	assert_true(conf_values(f)->nesting);
	ignored = conf_ignored(f, "features");
	assert_string_equal(ignored, "keyctl=1,mount=nfs;cifs is kept, but has no effect yet");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = { 0 };

		assert_int_equal(conf_set(f, "features", bad[i][0], &e), -EINVAL);
		assert_string_equal(e.cause, bad[i][1]);
	}
	set(f, "features", "nesting=1");
	none = conf_ignored(f, "features");
	assert_null(none);
	set(f, "features", "nesting=0,keyctl=0");
	assert_null(conf_get(f, "features"));
	conf_free(f);
	/* A later Proxmox VE has more of them. */
	later = parse("pve.features = nesting=1,later=2\n");
	unknown = conf_ignored(later, "features");
	assert_string_equal(unknown, "later=2 is kept, but has no effect yet");
	conf_free(later);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
