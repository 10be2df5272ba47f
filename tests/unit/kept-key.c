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
		{ "pve.mp0 = local:105/x.raw,mp=/x", true },
		{ "pve.mp255 = /srv,mp=/x", true },
		{ "pve.mp0 = 0", false },
		{ "pve.hookscript = local:snippets/x", true },
		{ "pve.rootfs = ro=1", true },
		{ "pve.rootfs = acl=1,mountoptions=noatime;nosuid", true },
		{ "pve.rootfs = mountoptions=nodev,acl=1", true },
		{ "pve.rootfs = ro=0,acl=1,mountoptions=noatime", false },
		{ "pve.dev0 = /dev/fuse", false },
		{ "pve.cmode = shell", false },
		{ "pve.unused0 = local:105/x.raw", false },
		{ "snap.pve.snapname = a\nsnap.pve.mp0 = local:105/x.raw,mp=/x", false },
		{ "pve.mpx = 1", false },
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
	struct conf_file *f = parse("pve.mp1 = /a,mp=/a\nlxc.utsname = a\npve.hookscript = x:y\n");
	size_t at = 0;

	(void)state;
	assert_int_equal(conf_kept_check(f, &at, &e), -ENOTSUP);
	assert_string_equal(e.object, "config:1: pve.mp1");
	assert_int_equal(e.line, 1);
	assert_non_null(strstr(e.remedy, "pct set 105 --delete mp1"));
	assert_int_equal(conf_kept_check(f, &at, &e), -ENOTSUP);
	assert_string_equal(e.object, "config:3: pve.hookscript");
	assert_int_equal(conf_kept_check(f, &at, &e), 0);
	conf_free(f);
}

/* Only a volume stays, with the first free number; a path of the host is no volume. */
static void is_dropped(void **state)
{
	struct conf_file *f =
		parse("pve.mp0 = mp=/x,volume=local:105/x.raw\npve.mp1 = /srv,mp=/y\n"
		      "pve.mp2 = local:105/y.raw,mp=/z\npve.unused0 = a:b\n"
		      "snap.pve.snapname = s\nsnap.pve.mp0 = local:105/x.raw,mp=/x\n");
	autofree char *text = NULL;

	(void)state;
	assert_int_equal(conf_kept_drop(f, "mp0", &e), 0);
	assert_int_equal(conf_kept_drop(f, "mp1", &e), 0);
	assert_int_equal(conf_kept_drop(f, "mp2", &e), 0);
	assert_int_equal(conf_kept_drop(f, "mp3", &e), 0);
	text = conf_text(f);
	assert_string_equal(text, "pve.unused0 = a:b\npve.unused1 = local:105/x.raw\n"
				  "pve.unused2 = local:105/y.raw\n"
				  "snap.pve.snapname = s\nsnap.pve.mp0 = local:105/x.raw,mp=/x\n");
	/* Told once more, it is forgotten. */
	assert_int_equal(conf_kept_drop(f, "unused0", &e), 0);
	free(steal(&text));
	text = conf_text(f);
	assert_null(strstr(text, "a:b"));
	conf_free(f);
}

/* A file in Proxmox VE's format keeps it; the volume of rootfs stays. */
static void is_dropped_there(void **state)
{
	struct conf_file *f = parse("#a\narch: amd64\nmp0: local:105/x.raw,mp=/x,size=1G\n"
				    "rootfs: local:105/r.raw,size=1536M,ro=1\nunused0: a:b\n"
				    "[before]\nmp0: local:105/x.raw,mp=/x\n");
	autofree char *text = NULL;
	size_t at = 0;

	(void)state;
	assert_int_equal(conf_kept_check(f, &at, &e), -ENOTSUP);
	assert_string_equal(e.object, "config:3: mp0");
	assert_int_equal(conf_kept_drop(f, "mp0", &e), 0);
	assert_int_equal(conf_kept_drop(f, "rootfs", &e), 0);
	text = conf_text(f);
	assert_string_equal(text,
			    "#a\narch: amd64\nrootfs: local:105/r.raw,size=1.5G\n"
			    "unused0: a:b\nunused1: local:105/x.raw\n"
			    "[before]\nmp0: local:105/x.raw,mp=/x\n");
	conf_free(f);
}

static void warns(void **state)
{
	struct conf_file *f = parse("pve.dev0 = /dev/fuse\npve.nix = 1\npve.unused0 = a:b\n");
	struct conf_findings found;

	(void)state;
	conf_warnings(f, &found);
	assert_int_equal(found.n, 2);
	assert_string_equal(found.v[0].text, "is kept, but devices are not passed on yet");
	assert_string_equal(found.v[1].key, "pve.nix");
	conf_findings_done(&found);
	conf_free(f);
	/* Also in Proxmox VE's format. */
	f = parse("unprivileged: 1\ndev0: /dev/fuse\nfeatures: keyctl=1\n");
	conf_warnings(f, &found);
	assert_int_equal(found.n, 2);
	assert_string_equal(found.v[1].text, "keyctl=1 is kept, but has no effect yet");
	conf_findings_done(&found);
	conf_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prevents_start),
		cmocka_unit_test(names_each),
		cmocka_unit_test(is_dropped),
		cmocka_unit_test(is_dropped_there),
		cmocka_unit_test(warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
