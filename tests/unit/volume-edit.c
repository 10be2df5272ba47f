/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock, and whether a config names a volume. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/conf-text.h"

#define OURS "lxc.utsname = a\npve.disksize = 8\npve.volid = local:105/vm-105-rootfs.raw\n"
#define PVE "arch: amd64\nrootfs: local:105/x.raw,size=8G,acl=1\n"
#define SNAPSHOT "\n[one]\nrootfs: local:105/x.raw,size=8G\nlock: snapshot\n"

static void locks(void **state)
{
	static const char *const texts[] = { OURS, PVE SNAPSHOT };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct conf_file *f = parse(texts[i]);

		assert_int_equal(conf_put_lock(f, "mounted", &e), 0);
		assert_string_equal(conf_values(f)->lock, "mounted");
		assert_int_equal(conf_put_lock(f, NULL, &e), 0);
		assert_null(conf_values(f)->lock);
		check_text(f, texts[i]);
		conf_free(f);
	}
}

static void names(void **state)
{
	static const struct {
		const char *line;
		bool named;
	} cases[] = {
		{ "pve.mp0 = local:105/a.raw,mp=/x\n", true },
		{ "pve.mp0 = volume=local:105/a.raw,mp=/x\n", true },
		{ "pve.unused0 = local:105/a.raw", true },
		{ "snap.pve.snapname = s\nsnap.pve.mp0 = local:105/a.raw,mp=/x\n", true },
		{ "# local:105/a.raw\n", false },
		{ "pve.mp0 = local:105/a.raw.raw,mp=/x\n", false },
		{ "pve.mp0 = mylocal:105/a.raw,mp=/x\n", false },
		{ "pve.mp0 = local:105/b.raw,mp=/local:105/a.raw/\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *text = xasprintf("%s%s", OURS, cases[i].line);
		struct conf_file *f = parse(text);

		if (conf_names_volume(f, "local:105/a.raw") != cases[i].named)
			fail_msg("%s", cases[i].line);
		conf_free(f);
	}
}

/* What is pending before, what is left of it, and the lines that keep the volumes. */
static void keeps_pending(void **state)
{
	static const struct {
		const char *before, *after, *kept;
	} cases[] = {
		{ "pending.mp0 = local:105/a.raw,mp=/x\n", "",
		  "pve.unused0 = local:105/a.raw\n" },
		{ "pending.mp0 = mp=/x,volume=local:105/a.raw\n",
		  "pending.mp0 = local:105/b.raw,mp=/x\n", "pve.unused0 = local:105/a.raw\n" },
		{ "pending.mp0 = local:105/a.raw,mp=/x\n",
		  "pending.mp0 = local:105/a.raw,mp=/y\n", "" },
		{ "pending.mp0 = local:105/a.raw,mp=/x\n", "pve.mp1 = local:105/a.raw,mp=/x\n",
		  "" },
		{ "pending.mp0 = /srv,mp=/x\npending.delete = mp1\npending.tty = 1\n", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *old = xasprintf("%s%s", OURS, cases[i].before);
		autofree char *new = xasprintf("%s%s", OURS, cases[i].after);
		struct conf_file *before = parse(old), *f = parse(new);
		struct err e = { 0 };
		autofree char *text = NULL;

		assert_int_equal(conf_keep_pending_volumes(f, before, &e), 0);
		text = conf_text(f);
		if (!strstr(text, cases[i].kept) || (!*cases[i].kept && !str_eq(text, new)))
			fail_msg("%s: %s", cases[i].before, text);
		conf_free(before);
		conf_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks),
		cmocka_unit_test(names),
		cmocka_unit_test(keeps_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
