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

static void test_values(void **state)
{
	static const char *const bad[][2] = {
		{ "nesting", "is not FEATURE=VALUE: \"nesting\"" },
		{ "nesting=maybe", "nesting: is not 0 or 1: \"maybe\"" },
		{ "nesting=1,nesting=0", "nesting is given twice" },
		{ "keyctrl=1", "there is no such feature: \"keyctrl=1\"" },
		{ "mount=", "mount: is not FSTYPE[;FSTYPE]: \"\"" },
		{ "mount=nfs/x", "mount: is not FSTYPE[;FSTYPE]: \"nfs/x\"" },
	};
	struct conf_file *f = conf_new(105);
	autofree char *shown = NULL;
	const struct features *on;

	(void)state;
	set(f, "features", "keyctl=on,fuse=0,mount=nfs;cifs,nesting=1");
	shown = conf_get(f, "features");
	assert_string_equal(shown, "keyctl=1,mount=nfs;cifs,nesting=1");
	on = &conf_values(f)->features;
	assert_true(on->nesting && on->keyctl && !on->fuse && !on->mknod && !on->force_rw_sys);
	assert_string_equal(on->mount, "nfs;cifs");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = { 0 };

		assert_int_equal(conf_set(f, "features", bad[i][0], &e), -EINVAL);
		assert_string_equal(e.cause, bad[i][1]);
	}
	set(f, "features", "nesting=0,keyctl=0");
	assert_null(conf_get(f, "features"));
	conf_free(f);
}

/* Features without effect are kept, and named with the reason. */
static void test_ignored(void **state)
{
	static const char *const rows[][2] = {
		{ "pve.features = nesting=1,fuse=1,mount=nfs\n", NULL },
		{ "pve.unprivileged = 1\npve.features = nesting=1,keyctl=1,fuse=1,mknod=1,"
		  "force_rw_sys=1,mount=overlay;tmpfs\n", NULL },
		{ "pve.features = keyctl=1,mknod=1,force_rw_sys=1,fuse=1\n",
		  "keyctl=1,mknod=1,force_rw_sys=1 has no effect on a privileged container" },
		{ "pve.features = keyctl=0,mknod=0\n", NULL },
		{ "pve.unprivileged = 1\npve.features = mount=nfs;tmpfs;ext4\n",
		  "mount=nfs;ext4 has no effect, since the kernel lets only privileged containers "
		  "mount this" },
		{ "pve.unprivileged = 1\nlxc.seccomp = /x\npve.features = keyctl=1\n",
		  "keyctl=1 has no effect, since lxc.seccomp.profile replaces the filter of system "
		  "calls" },
		{ "lxc.apparmor.profile = mine\npve.features = fuse=1,mount=nfs,nesting=1\n",
		  "fuse=1,mount=nfs does not change lxc.apparmor.profile, which decides what can "
		  "be mounted" },
		/* A later Proxmox VE has more of them. */
		{ "pve.features = nesting=1,later=2,keyctl=1\n",
		  "later=2 is kept, but has no effect yet; keyctl=1 has no effect on a privileged "
		  "container" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conf_file *f = parse(rows[i][0]);
		autofree char *ignored = conf_ignored(f, "features");

		if (rows[i][1])
			assert_string_equal(ignored, rows[i][1]);
		else
			assert_null(ignored);
		conf_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
