/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The seed that cloud-init gets at create, and what keeps it from writing what is pct's. */
#include <errno.h>
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
#include "lib/rootfs/ssh-host-keys.h"
#include "setup/confined.h"
#include "setup/report.h"
#include "tests/unit/conf-text.h"
#include "tests/unit/planted.h"

#define SEED "/var/lib/cloud/seed/nocloud"
#define SETTINGS "/etc/cloud/cloud.cfg.d/99-pct.cfg"
#define DATA "#cloud-config\nusers: [{name: ada}]\n"
#define WRITTEN \
	"# Written by pct: the container's config has the network and the names.\n" \
	"datasource_list: [NoCloud, None]\nnetwork: {config: disabled}\n" \
	"manage_etc_hosts: false\npreserve_hostname: true\n"

static struct report report;
static struct err e;

/* A Debian with systemd and cloud-init. */
static int set_up(void **state)
{
	autofree char *program = NULL, *sbin = NULL, *init = NULL;

	(void)state;
	snprintf(top, sizeof top, "/tmp/user-data-test-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	program = at("/usr/bin/cloud-init");
	sbin = at("/sbin");
	init = at("/sbin/init");
	plant("/etc/os-release", "ID=debian\n");
	plant("/usr/bin/cloud-init", "");
	plant("/usr/lib/systemd/systemd", "");
	plant("/etc/ssh/sshd_config", "");
	return chmod(program, 0755) || file_mkdirs(sbin, 0755, &e) < 0 ||
	       symlink("/usr/lib/systemd/systemd", init);
}

static int tear_down(void **state)
{
	const char *const argv[] = { "rm", "-rf", top, NULL };

	(void)state;
	report_done(&report);
	return run_program(argv, &e);
}

static int create(const char *config, const char *data, size_t n_keys)
{
	static char secret[] = "secret\n", public[] = "public\n";
	const struct hostkey key = { .type = "ed25519", .secret = secret, .public = public };
	const struct host_facts facts = { .user_data = (char *)data,
					  .host_keys = &key,
					  .n_host_keys = n_keys };
	struct conf_file *f = parse(config);
	int r;

	report_done(&report);
	e = (struct err){ 0 };
	r = setup_confined(PHASE_CREATE, conf_values(f), top, NULL, &facts, 0, &report, &e);
	conf_free(f);
	return r;
}

static char *text_of(const char *path)
{
	autofree char *full = at(path);
	char *text = NULL;

	assert_int_equal(file_read(full, 4096, &text, NULL, &e), 0);
	return text;
}

static void assert_file(const char *path, const char *expected)
{
	autofree char *text = text_of(path);

	assert_string_equal(text, expected);
}

static void assert_mode(const char *path, unsigned mode)
{
	autofree char *full = at(path);
	struct stat st;

	assert_int_equal(lstat(full, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | mode);
}

static bool is_there(const char *path)
{
	autofree char *full = at(path);

	return access(full, F_OK) == 0;
}

static void test_seed(void **state)
{
	autofree char *first = NULL, *second = NULL;

	(void)state;
	assert_int_equal(create("lxc.utsname = web1\n", NULL, 1), 0);
	assert_false(is_there("/var/lib/cloud"));
	assert_false(is_there(SETTINGS));
	plant(SEED "/meta-data", "instance-id: i-1\nlocal-hostname: other\n");
	assert_int_equal(create("lxc.utsname = web1\n", DATA, 1), 0);
	assert_file(SEED "/user-data", DATA);
	assert_mode(SEED "/user-data", 0600);
	assert_file(SETTINGS, WRITTEN "ssh_deletekeys: false\n");
	assert_mode(SETTINGS, 0644);
	first = text_of(SEED "/meta-data");
	assert_int_equal(strlen(first), strlen("# Written by pct.\ninstance-id: \n") + 36);
	assert_int_equal(create("lxc.utsname = web1\n", DATA, 1), 0);
	second = text_of(SEED "/meta-data");
	assert_string_not_equal(first, second);
	/* The data may have passwords. */
	for (size_t i = 0; i < report.n_changes; i++)
		assert_true(!str_ends_with(report.changes[i].path, "user-data") ||
			    report.changes[i].secret);
	for (size_t i = 0; i < report.n_notes; i++)
		assert_string_not_equal(report.notes[i].step, "cloud-init");
}

/* The keys of the template are those of all its containers: cloud-init replaces them. */
static void test_no_keys(void **state)
{
	(void)state;
	assert_int_equal(create("", DATA, 0), 0);
	assert_file(SETTINGS, WRITTEN);
}

static void test_settings_are_saved(void **state)
{
	(void)state;
	plant(SETTINGS, "locale: C.UTF-8\n");
	assert_int_equal(create("", DATA, 0), 0);
	assert_file(SETTINGS, WRITTEN);
	assert_file("/var/lib/pct/saved/etc%2Fcloud%2Fcloud.cfg.d%2F99-pct.cfg",
		    "locale: C.UTF-8\n");
}

static void assert_refused(const char *config, const char *object, const char *cause)
{
	assert_true(create(config, DATA, 0) < 0);
	assert_string_equal(e.object, object);
	assert_non_null(strstr(e.cause, cause));
	assert_false(is_there(SEED "/user-data"));
}

static void test_refused(void **state)
{
	static const char step[] = "setup of user-data";
	static const char marker[] = SEED "/.pve-ignore.user-data";
	static const char disabled[] = "/etc/cloud/cloud-init.disabled";
	static const char unit[] = "/usr/lib/systemd/system/cloud-init-local.service";
	autofree char *program = at("/usr/bin/cloud-init"), *planted = at(marker);
	autofree char *off = at(disabled), *mask = at("/etc/systemd/system"), *link = NULL;

	(void)state;
	plant(marker, "");
	assert_refused("", step, "is not written");
	assert_int_equal(unlink(planted), 0);
	plant(disabled, "");
	assert_refused("", step,
		       "the template: /etc/cloud/cloud-init.disabled turns cloud-init off");
	assert_int_equal(unlink(off), 0);
	plant(unit, "[Install]\nWantedBy=cloud-init.target\n");
	assert_int_equal(file_mkdirs(mask, 0755, &e), 0);
	link = xasprintf("%s/cloud-init-local.service", mask);
	assert_int_equal(symlink("/dev/null", link), 0);
	assert_refused("", step, "the service cloud-init-local is not started at boot");
	assert_int_equal(unlink(link), 0);
	assert_refused("pve.ostype = unmanaged\n", "user-data", "unmanaged");
	assert_int_equal(unlink(program), 0);
	assert_refused("", step, "the template: cloud-init is not installed");
}

static void assert_note(const char *data, bool noted)
{
	bool found = false;

	assert_int_equal(create("", data, 0), 0);
	for (size_t i = 0; i < report.n_notes; i++)
		found |= str_eq(report.notes[i].step, "user-data") &&
			 str_eq(report.notes[i].remedy, "use --hostname");
	assert_int_equal(found, noted);
}

/* Nothing that the user asks for is ignored in silence. */
static void test_names(void **state)
{
	(void)state;
	assert_note("#cloud-config\nhostname: other\n", true);
	assert_note("#cloud-config\nfqdn: other.example.org\n", true);
	assert_note("#cloud-config\nwrite_files:\n- content: |\n    hostname: other\n", false);
	assert_note("#!/bin/sh\nhostname: other\n", false);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = { CASE(test_seed), CASE(test_no_keys),
					    CASE(test_settings_are_saved), CASE(test_refused),
					    CASE(test_names) };

	return cmocka_run_group_tests_name("user-data", tests, NULL, NULL);
}
