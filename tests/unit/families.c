/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which family a tree is of, and which init it has. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/rootfs/rootfs.h"
#include "setup/family/family.h"
#include "setup/os-release.h"
#include "setup/step.h"

static char top[64];
static struct rootfs *root;
static struct report report;
static struct tree *tree;

static void fresh_tree(void)
{
	struct err e;

	snprintf(top, sizeof top, "/tmp/family-test-XXXXXX");
	assert_non_null(mkdtemp(top));
	assert_int_equal(rootfs_open(top, &root, &e), 0);
	tree = tree_new(root, false, &report);
}

static void drop_tree(void)
{
	const char *const argv[] = { "rm", "-rf", top, NULL };
	struct err e;

	tree_free(tree);
	rootfs_close(root);
	report_done(&report);
	report = (struct report){ 0 };
	assert_int_equal(run_program(argv, &e), 0);
}

/* "PATH", "PATH=TEXT", "PATH/" and "PATH>TARGET", blank-separated. */
static void plant(const char *items)
{
	autostrv char **item = strv_split(items, " ");
	struct err e;

	for (char **p = item; p && *p; p++) {
		size_t n = strcspn(*p, "=>");
		autofree char *path = xstrndup(*p, n);
		autofree char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

		if (*parent)
			assert_int_equal(tree_mkdir(tree, parent, 0755, &e), 0);
		if (str_ends_with(path, "/"))
			continue;
		if ((*p)[n] == '>')
			assert_int_equal(tree_symlink(tree, *p + n + 1, path, &e), 0);
		else
			assert_int_equal(tree_write(tree, path, (*p)[n] ? *p + n + 1 : "", 0755,
						    ROOTFS_KEEP_LINK, &e), 0);
	}
}

static const struct {
	const char *os_release, *files, *ostype, *family;
} families[] = {
	{ "ID=debian", "", NULL, "debian" },
	{ "ID=kali\nID_LIKE=debian", "", NULL, "debian" },
	{ "ID=raspbian", "", NULL, "debian" },
	{ "ID=\"ubuntu\"", "", NULL, "ubuntu" },
	{ "ID=linuxmint\nID_LIKE=\"ubuntu debian\"", "", NULL, "ubuntu" },
	{ "ID=linuxmint\nID_LIKE=debian", "", NULL, "debian" },
	{ "ID=pop", "", NULL, "ubuntu" },
	{ "ID=devuan\nID_LIKE=debian", "/etc/debian_version", NULL, "devuan" },
	{ "ID=alpine", "", NULL, "alpine" },
	{ "ID=arch", "", NULL, "archlinux" },
	{ "ID=manjaro\nID_LIKE=arch", "", NULL, "archlinux" },
	{ "ID=artix", "", NULL, "archlinux" },
	{ "ID=foo\nID_LIKE=arch", "", NULL, "archlinux" },
	{ "ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"13.0\"", "", NULL, "redhat" },
	{ "ID=\"ol\"\nID_LIKE=\"fedora\"", "", NULL, "redhat" },
	{ "ID=\"amzn\"\nID_LIKE=\"fedora\"", "", NULL, "redhat" },
	{ "ID=rebuild\nID_LIKE=\"rhel centos fedora\"", "", NULL, "redhat" },
	{ "ID=fedora\nVERSION_ID=60", "", NULL, "fedora" },
	{ "ID=\"openEuler\"", "", NULL, "openeuler" },
	{ "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"", "", NULL, "suse" },
	{ "ID=opensuse-slowroll", "", NULL, "suse" },
	{ "ID=\"opensuse-next\"\nID_LIKE=\"suse opensuse\"", "", NULL, "suse" },
	{ "ID=sl-micro", "", NULL, "suse" },
	{ "ID=gentoo", "", NULL, "gentoo" },
	{ "ID=nixos", "", NULL, "nixos" },
	{ "ID=\"void\"", "", NULL, "void" },
	{ "ID=\"openwrt\"\nID_LIKE=\"lede openwrt\"", "", NULL, "openwrt" },
	{ "ID=busybox", "", NULL, "busybox" },
	{ "ID=nobody-knows", "", NULL, "generic" },
	{ "ID=nobody-knows", "/etc/fedora-release /etc/redhat-release", NULL, "fedora" },
	{ "", "", NULL, "generic" },
	{ "", "/etc/debian_version", NULL, "debian" },
	{ "", "/etc/debian_version /etc/devuan_version", NULL, "devuan" },
	{ "", "/etc/debian_version /etc/lsb-release=DISTRIB_ID=Ubuntu", NULL, "ubuntu" },
	/* Bug 109: a derivative whose lsb-release names itself. */
	{ "", "/etc/debian_version /etc/lsb-release=DISTRIB_ID=Mine", NULL, "debian" },
	{ "", "/etc/redhat-release", NULL, "redhat" },
	{ "", "/etc/openEuler-release /etc/redhat-release", NULL, "openeuler" },
	{ "", "/etc/SuSE-release", NULL, "suse" },
	{ "", "/nix/store/", NULL, "nixos" },
	{ "ID=debian", "", "alpine", "alpine" },
	{ "ID=debian", "", "centos", "redhat" },
	{ "ID=debian", "", "opensuse", "suse" },
	{ "ID=debian", "", "archlinux", "archlinux" },
	{ "ID=debian", "", "unmanaged", "unmanaged" },
	{ "ID=debian", "", "unheard-of", "debian" },
};

static void finds_the_family(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		autofree char *why = NULL;
		struct conf conf = { .ostype = xstrdup(families[i].ostype) };
		struct setup s = { .conf = &conf, .report = &report };
		const struct family *f;

		fresh_tree();
		plant(families[i].files);
		s.tree = tree;
		os_release_parse(families[i].os_release, &s.os);
		f = family_find(&s, &why);
		if (!str_eq(f->name, families[i].family))
			fail_msg("row %zu (%s): %s, because %s", i, families[i].os_release, f->name,
				 why);
		assert_non_null(why);
		os_release_done(&s.os);
		free(conf.ostype);
		drop_tree();
	}
}

static const struct {
	const char *files;
	enum init_kind kind;
} inits[] = {
	{ "", INIT_UNKNOWN },
	{ "/lib/systemd/systemd /sbin/init>/lib/systemd/systemd", INIT_SYSTEMD },
	/* Bug 26: through Debian's alternatives. */
	{ "/lib/systemd/systemd /etc/alternatives/init>/lib/systemd/systemd "
	  "/sbin/init>/etc/alternatives/init", INIT_SYSTEMD },
	{ "/usr/lib/systemd/systemd /sbin/init>../lib/systemd/systemd /lib>usr/lib",
	  INIT_SYSTEMD },
	{ "/bin/busybox /sbin/init>/bin/busybox /etc/inittab", INIT_BUSYBOX },
	{ "/sbin/init /etc/inittab /etc/init.d/", INIT_SYSVINIT },
	{ "/sbin/init /sbin/initctl /etc/init/tty1.conf /etc/inittab /etc/init.d/", INIT_UPSTART },
	{ "/usr/bin/runit-init /sbin/init>../usr/bin/runit-init", INIT_RUNIT },
	{ "/usr/bin/openrc-init /sbin/init>/usr/bin/openrc-init", INIT_OPENRC },
	{ "/sbin/init /sbin/procd /etc/inittab /etc/init.d/", INIT_PROCD },
	{ "/usr/bin/dinit /sbin/init>/usr/bin/dinit /etc/inittab /etc/init.d/", INIT_UNKNOWN },
	{ "/nix/store/", INIT_SYSTEMD },
	{ "/nix/store/ /sbin/init=#!/nix/store/x/bin/sh", INIT_SYSTEMD },
	/* In a circle, and to nowhere. */
	{ "/sbin/init>/sbin/init", INIT_UNKNOWN },
	{ "/sbin/init>/lib/systemd/systemd", INIT_UNKNOWN },
};

static void finds_the_init(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(inits); i++) {
		fresh_tree();
		plant(inits[i].files);
		if (init_probe(tree) != inits[i].kind)
			fail_msg("row %zu (%s): %d", i, inits[i].files, init_probe(tree));
		drop_tree();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_family),
		cmocka_unit_test(finds_the_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
