/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report on its ways: through a pipe from a confined child, through a file that the container
 * may write; and what the sink tells of secrets. */
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

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "setup/confined.h"
#include "setup/report.h"
#include "tests/unit/conf-text.h"
#include "tests/unit/planted.h"

static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/report-test-XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
	const char *const argv[] = { "rm", "-rf", top, NULL };
	struct err e = { 0 };

	(void)state;
	return run_program(argv, &e);
}

static const struct change *find(const struct report *r, const char *path)
{
	for (size_t i = 0; i < r->n_changes; i++)
		if (str_eq(r->changes[i].path, path))
			return &r->changes[i];
	return NULL;
}

static void run(enum phase phase, const struct host_facts *facts, bool dry, struct report *ret)
{
	struct conf_file *f = parse("lxc.utsname = web1\nlxc.network.type = veth\n"
				    "lxc.network.veth.pair = veth105.0\nlxc.network.name = eth0\n"
				    "pve.network.ip = dhcp\n");
	struct err e = { 0 };

	if (setup_confined(phase, conf_values(f), top, NULL, facts, dry, ret, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	conf_free(f);
}

static void test_confined(void **state)
{
	char secret[] = "SECRET KEY\n", public[] = "public key\n";
	char hash[] = "$6$hash";
	struct hostkey key = { "ed25519", secret, public };
	struct host_facts facts = { .password_hash = hash, .host_keys = &key,
				    .n_host_keys = 1, .now = 86400 };
	struct report report = { 0 };

	(void)state;
	plant("/etc/os-release", "ID=\"debian\"\n");
	plant("/etc/passwd", "root:old:0:0:root:/root:/bin/sh\n");
	plant("/etc/shadow", "root:$6$old:1:0:99999:7:::\n");
	plant("/etc/ssh/ssh_host_dsa_key", "OLD KEY\n");
	for (int dry = 1; dry >= 0; dry--) {
		autofree char *path = at("/etc/ssh/ssh_host_ed25519_key");
		struct stat st;

		run(PHASE_CREATE, &facts, dry, &report);
		assert_string_equal(report.family, "debian");
		assert_string_equal(report.include, "debian.common.conf");
		assert_null(report.consumer);
		assert_int_equal(report.n_notes, 1);
		assert_string_equal(report.notes[0].step, "network");
		assert_string_equal(find(&report, "/etc/hostname")->new_text, "web1\n");
		/* There is a change, and nothing of it shows. */
		assert_string_equal(find(&report, "/etc/shadow")->new_text, "");
		assert_string_equal(find(&report, "/etc/shadow")->old_text, "");
		assert_true(find(&report, "/etc/ssh/ssh_host_ed25519_key")->secret);
		assert_string_equal(find(&report, "/etc/ssh/ssh_host_ed25519_key")->new_text, "");
		assert_string_equal(find(&report, "/etc/ssh/ssh_host_dsa_key")->old_text, "");
		assert_int_equal(stat(path, &st), dry ? -1 : 0);
		if (!dry)
			assert_int_equal(st.st_mode & 0777, 0600);
		report_done(&report);
	}
	run(PHASE_CREATE, &facts, false, &report);
	assert_int_equal(report.n_changes, 0);
	report_done(&report);
}

/* A copy has keys of the types that its original has, and never the original's own. */
static void test_copied_keys(void **state)
{
	char secret[] = "SECRET KEY\n", public[] = "public key\n";
	struct hostkey keys[] = { { "rsa", secret, public }, { "ed25519", secret, public } };
	struct host_facts facts = { .host_keys = keys, .n_host_keys = 2 }, none = { 0 };
	struct report report = { 0 };

	(void)state;
	plant("/etc/os-release", "ID=\"debian\"\n");
	plant("/etc/ssh/ssh_host_dsa_key", "OLD KEY\n");
	plant("/etc/ssh/ssh_host_rsa_key", "OLD KEY\n");
	run(PHASE_CLONE, &none, true, &report);
	assert_null(find(&report, "/etc/ssh/ssh_host_rsa_key"));
	assert_string_equal(report.notes[0].step, "host-keys");
	report_done(&report);
	run(PHASE_CLONE, &facts, false, &report);
	assert_int_equal(report.n_notes, 0);
	assert_non_null(find(&report, "/etc/ssh/ssh_host_rsa_key")->new_text);
	assert_non_null(find(&report, "/etc/ssh/ssh_host_rsa_key.pub")->new_text);
	assert_null(find(&report, "/etc/ssh/ssh_host_dsa_key")->new_text);
	assert_null(find(&report, "/etc/ssh/ssh_host_ed25519_key"));
	report_done(&report);
	/* Where none can be made on the host, but the boot does it. */
	plant("/etc/init.d/ssh", "ssh-keygen -A\n");
	run(PHASE_CLONE, &none, true, &report);
	assert_int_equal(report.n_notes, 0);
	assert_null(find(&report, "/etc/ssh/ssh_host_rsa_key")->new_text);
	report_done(&report);
}

static void test_required(void **state)
{
	char hash[] = "$6$hash", bad[] = "$6$a:0:0:";
	struct host_facts facts = { .password_hash = hash };
	struct conf_file *f = parse("");
	struct report report = { 0 };
	struct err e = { 0 };

	(void)state;
	plant("/etc/hosts", "");
	/* Whoever gave a password wants it set: no passwd(5), no success. */
	assert_true(setup_confined(PHASE_START, conf_values(f), top, NULL, &facts, false, &report,
				   &e) < 0);
	assert_non_null(strstr(e.object, "password"));
	facts.password_hash = bad;
	assert_true(setup_confined(PHASE_START, conf_values(f), top, NULL, &facts, false, &report,
				   &e) < 0);
	conf_free(f);
}

static void test_file(void **state)
{
	autofree char *path = at("/report"), *fifo = at("/fifo"), *link = at("/link");
	struct report report = { 0 }, found = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(report_read(path, &found, &e), 0);
	assert_int_equal(found.n_notes, 0);
	report_note(&report, NOTE_INFO, "a", NULL, "not a warning");
	report_note(&report, NOTE_WARNING, "b", "do\tthis", "name\nwith %s\t", "\033[2J");
	assert_int_equal(report_write(&report, path, &e), 0);
	assert_int_equal(report_read(path, &found, &e), 0);
	assert_int_equal(found.n_notes, 2);
	assert_int_equal(found.notes[0].level, NOTE_INFO);
	assert_null(found.notes[0].remedy);
	assert_int_equal(found.notes[1].level, NOTE_WARNING);
	assert_string_equal(found.notes[1].step, "b");
	assert_string_equal(found.notes[1].text, "name?with ?[2J?");
	assert_string_equal(found.notes[1].remedy, "do?this");
	report_done(&found);
	report_done(&report);
	assert_int_equal(report_write(&report, path, &e), 0);
	assert_int_equal(access(path, F_OK), -1);
	/* What the container may put there. */
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_true(report_read(fifo, &found, &e) < 0);
	assert_true(report_read(link, &found, &e) < 0);
	plant("/report", "\n\033]0;x\007\nlevel\033\tst\033ep\t\033]0;x\007\r\tre\001\n\r\n");
	assert_int_equal(report_read(path, &found, &e), 0);
	assert_int_equal(found.n_notes, 1);
	assert_int_equal(found.notes[0].level, NOTE_WARNING);
	assert_string_equal(found.notes[0].step, "st?ep");
	assert_string_equal(found.notes[0].text, "?]0;x??");
	assert_string_equal(found.notes[0].remedy, "re?");
	report_done(&found);
	assert_int_equal(truncate(path, 1024 * 1024), 0);
	assert_true(report_read(path, &found, &e) < 0);
}

/* A container has as many odd things in it as its root likes: what failed is told all the same. */
static void test_many_notes(void **state)
{
	autofree char *path = at("/report"), *word = xcalloc(1, 5000);
	struct report report = { 0 }, found = { 0 };
	struct err e = { 0 };

	(void)state;
	memset(word, 'x', 4999);
	for (unsigned i = 0; i < 5000; i++)
		report_note(&report, NOTE_WARNING, "a", word, "%u %s", i, word);
	report_failure(&report, "b", "", "it failed");
	assert_int_equal(report.n_notes, 252);
	assert_string_equal(report.notes[250].text, "further findings of this kind are not shown");
	assert_null(report.notes[250].remedy);
	assert_true(report.notes[251].failed);
	assert_null(report.notes[251].remedy);
	assert_int_equal(report_write(&report, path, &e), 0);
	assert_int_equal(report_read(path, &found, &e), 0);
	assert_in_range(found.n_notes, 20, 64);
	assert_string_equal(found.notes[0].text, "it failed");
	assert_int_equal(found.notes[1].text[0], '0');
	report_done(&found);
	report_drop_notes(&report, 251);
	assert_int_equal(report.n_notes, 251);
	report_done(&report);
}

/* Old and new texts are kept up to 4 MiB; that there is a change is told of each. */
static void test_large_changes(void **state)
{
	const struct host_facts facts = { 0 };
	struct report report = { 0 };
	size_t told = 0, large = 0;
	autobuf b = BUF_INIT;

	(void)state;
	plant("/etc/passwd", "root:x:0:0:::\n");
	while (b.len < 900000)
		buf_add(&b, "17 * * * * root x\n");
	for (unsigned i = 0; i < 12; i++) {
		autofree char *path = xasprintf("/etc/cron.d/job%u", i);

		plant(path, b.s);
	}
	for (unsigned dry = 0; dry < 2; dry++) {
		run(PHASE_CREATE, &facts, !dry, &report);
		told = large = 0;
		for (unsigned i = 0; i < 12; i++) {
			autofree char *path = xasprintf("/etc/cron.d/job%u", i);
			const struct change *c = find(&report, path);

			assert_non_null(c);
			told += strlen(c->old_text) + strlen(c->new_text);
			large += c->large;
			assert_int_equal(!c->large, *c->old_text && *c->new_text);
		}
		assert_in_range(told, 3 << 20, 4 << 20);
		assert_int_equal(large, 10);
		assert_false(find(&report, "/etc/hostname")->large);
		report_done(&report);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = { CASE(test_confined), CASE(test_copied_keys),
					    CASE(test_required), CASE(test_file),
					    CASE(test_many_notes), CASE(test_large_changes) };

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
