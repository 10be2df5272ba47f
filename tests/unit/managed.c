/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is ours in a rootfs: written, changed by others, taken over, taken away; a forged ledger. */
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
#include "lib/rootfs/rootfs.h"
#include "setup/ledger.h"
#include "setup/managed.h"
#include "setup/step.h"
#include "tests/unit/planted.h"

#define FILE_A "/etc/net/a.network"
#define FILE_B "/etc/net/b.network"
#define LEDGER "/var/lib/pct/ledger"

static struct conf conf = { .ctid = 105 };
static struct rootfs *root;
static struct report report;
static struct setup setup;

/* NULL: there is nothing. */
static void assert_file(const char *path, const char *text)
{
	autofree char *full = at(path), *found = NULL;
	struct stat st;
	struct err e;

	if (!text) {
		assert_int_equal(lstat(full, &st), -1);
		return;
	}
	assert_int_equal(file_read(full, 4096, &found, NULL, &e), 0);
	assert_string_equal(found, text);
}

/* The entries of the ledger, below its comment. */
static void assert_ledger(const char *entries)
{
	autofree char *full = at(LEDGER), *found = NULL;
	struct err e;

	assert_int_equal(file_read(full, 4096, &found, NULL, &e), 0);
	assert_string_equal(strchr(found, '\n') + 1, entries);
}

static void run_begin(enum phase phase, unsigned flags)
{
	report_done(&report);
	setup = (struct setup){ .phase = phase, .flags = flags, .conf = &conf, .report = &report,
				.step = "network",
				.tree = tree_new(root, flags & SETUP_DRY, &report) };
	tree_set_step(setup.tree, setup.step);
}

static void run_end(void)
{
	struct err e = { 0 };

	assert_int_equal(managed_sweep(&setup, &e), 0);
	managed_finish(&setup);
	tree_free(setup.tree);
}

static void write_one(const char *path, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(managed_write(&setup, path, text, 0, &e), 0);
}

/* One start that writes these, NULL: not. */
static void start(const char *a, const char *b)
{
	run_begin(PHASE_START, 0);
	if (a)
		write_one(FILE_A, a);
	if (b)
		write_one(FILE_B, b);
	run_end();
}

static int set_up(void **state)
{
	struct err e;

	(void)state;
	snprintf(top, sizeof top, "/tmp/managed-test-XXXXXX");
	return mkdtemp(top) ? rootfs_open(top, &root, &e) : -1;
}

static int tear_down(void **state)
{
	const char *const argv[] = { "rm", "-rf", top, NULL };
	struct err e = { 0 };

	(void)state;
	report_done(&report);
	rootfs_close(root);
	return run_program(argv, &e);
}

static void test_leaves(void **state)
{
	(void)state;
	start("a\n", "b\n");
	assert_file(FILE_A, "a\n");
	assert_file(FILE_B, "b\n");
	start("a\n", "b\n");
	assert_int_equal(report.n_changes, 0);
	assert_int_equal(report.n_notes, 0);
	start("a2\n", NULL);
	assert_file(FILE_A, "a2\n");
	assert_file(FILE_B, NULL);
	assert_int_equal(report.n_notes, 0);
	start(NULL, NULL);
	assert_file(FILE_A, NULL);
	assert_file(LEDGER, NULL);
	/* What is none of the step's stays. */
	start("a\n", NULL);
	run_begin(PHASE_START, 0);
	setup.step = "presets";
	run_end();
	assert_file(FILE_A, "a\n");
}

static void test_changed(void **state)
{
	(void)state;
	start("a\n", "b\n");
	plant(FILE_A, "theirs\n");
	start("a2\n", "b\n");
	assert_file(FILE_A, "theirs\n");
	assert_int_equal(report.n_notes, 1);
	assert_int_equal(report.notes[0].level, NOTE_WARNING);
	assert_string_equal(report.notes[0].remedy, "pct setup 105 --adopt overwrites it");
	assert_int_equal(report.n_changes, 0);
	assert_int_equal(report.files[0].state, FILE_KEPT);
	/* Kept for as long as it differs from ours. */
	start("a\n", "b\n");
	assert_file(FILE_A, "theirs\n");
	run_begin(PHASE_START, SETUP_ADOPT);
	write_one(FILE_A, "a\n");
	write_one(FILE_B, "b\n");
	run_end();
	assert_file(FILE_A, "a\n");
	assert_int_equal(report.n_notes, 0);
	start("a3\n", "b\n");
	assert_file(FILE_A, "a3\n");
	/* A changed file that is asked for no longer is theirs, and told of once. */
	plant(FILE_A, "theirs\n");
	start(NULL, "b\n");
	assert_file(FILE_A, "theirs\n");
	assert_int_equal(report.n_notes, 1);
	start(NULL, "b\n");
	assert_int_equal(report.n_notes, 0);
	/* Who changed it to what is wanted has changed nothing. */
	plant(FILE_B, "b2\n");
	start(NULL, "b2\n");
	start(NULL, NULL);
	assert_file(FILE_B, NULL);
}

static void test_create(void **state)
{
	(void)state;
	start("a\n", NULL);
	plant(FILE_A, "theirs\n");
	run_begin(PHASE_CREATE, 0);
	write_one(FILE_A, "a\n");
	run_end();
	assert_file(FILE_A, "a\n");
	/* Adopting what is wanted no longer removes it. */
	plant(FILE_A, "theirs\n");
	run_begin(PHASE_START, SETUP_ADOPT);
	run_end();
	assert_file(FILE_A, NULL);
}

static void test_restored(void **state)
{
	autofree char *link = at(FILE_B), *saved = at("/var/lib/pct/saved");
	char target[32] = "";
	struct stat st;

	(void)state;
	plant(FILE_A, "original\n");
	assert_int_equal(symlink("/dev/null", link), 0);
	start("a\n", "b\n");
	assert_file("/var/lib/pct/saved/etc%2Fnet%2Fa.network", "original\n");
	assert_int_equal(stat(saved, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	start("a2\n", "b\n");
	assert_file(FILE_A, "a2\n");
	assert_file(FILE_B, "b\n");
	start(NULL, NULL);
	assert_file(FILE_A, "original\n");
	assert_int_equal(readlink(link, target, sizeof target - 1), strlen("/dev/null"));
	assert_string_equal(target, "/dev/null");
	assert_file("/var/lib/pct/saved/etc%2Fnet%2Fa.network", NULL);
	/* The administrator removed ours: the original is not forced on them. */
	start("a\n", NULL);
	free(link);
	link = at(FILE_A);
	assert_int_equal(unlink(link), 0);
	start(NULL, NULL);
	assert_file(FILE_A, NULL);
}

#define SECTION(body) "# --- BEGIN PVE ---\n" body "# --- END PVE ---\n"

/* One start that writes this section, NULL: not. */
static void start_section(const char *body)
{
	struct err e = { 0 };

	run_begin(PHASE_START, 0);
	if (body)
		assert_int_equal(managed_section(&setup, FILE_A, body, &e), 0);
	run_end();
	assert_int_equal(report.n_notes, 0);
}

/* Lines of others, before us or since, neither freeze our section nor go with it. */
static void test_section(void **state)
{
	(void)state;
	start_section("ours 1\n");
	assert_file(FILE_A, SECTION("ours 1\n"));
	plant(FILE_A, SECTION("ours 1\n") "theirs\n");
	start_section("ours 2\n");
	assert_file(FILE_A, SECTION("ours 2\n") "theirs\n");
	start_section("ours 2\n");
	assert_int_equal(report.n_changes, 0);
	plant(FILE_A, "more\n" SECTION("ours 2\n") "theirs\n");
	start_section(NULL);
	assert_file(FILE_A, "more\ntheirs\n");
	assert_file(LEDGER, NULL);
	/* Nothing of an earlier section comes back, by no copy either. */
	start_section("ours 3\n");
	assert_file(FILE_A, "more\ntheirs\n" SECTION("ours 3\n"));
	assert_file("/var/lib/pct/saved/etc%2Fnet%2Fa.network", NULL);
	start_section(NULL);
	assert_file(FILE_A, "more\ntheirs\n");
	plant("/etc/net/.pve-ignore.a.network", "");
	start_section("ours 4\n");
	assert_file(FILE_A, "more\ntheirs\n");
}

/* A copy that an earlier version kept, of a time when our section was in the file already. */
static void test_section_saved(void **state)
{
	static const char text[] = SECTION("ours 2\n") "theirs\n";
	autofree char *ledger = xasprintf("network %016llx " FILE_A "\n",
					  (unsigned long long)hash_text(text, strlen(text)));

	(void)state;
	plant(FILE_A, text);
	plant("/var/lib/pct/saved/etc%2Fnet%2Fa.network", SECTION("ours 1\n") "theirs\n");
	plant(LEDGER, ledger);
	start_section(NULL);
	assert_file(FILE_A, "theirs\n");
	assert_file("/var/lib/pct/saved/etc%2Fnet%2Fa.network", NULL);
	start_section("ours 3\n");
	start_section(NULL);
	assert_file(FILE_A, "theirs\n");
	assert_file(LEDGER, NULL);
}

static void test_links(void **state)
{
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		run_begin(PHASE_START, 0);
		assert_int_equal(managed_symlink(&setup, "net.lo", "/etc/init.d/net.eth0", &e), 0);
		assert_true(managed_is_ours(&setup, "/etc/init.d/net.eth0"));
		assert_false(managed_is_ours(&setup, "/etc/init.d/net.eth1"));
		run_end();
		assert_int_equal(report.n_changes, i ? 0 : 2);
	}
	start(NULL, NULL);
	assert_file("/etc/init.d/net.eth0", NULL);
}

static void test_ignored(void **state)
{
	(void)state;
	start("a\n", "b\n");
	plant("/etc/net/.pve-ignore.a.network", "");
	start("a2\n", "b\n");
	assert_file(FILE_A, "a\n");
	assert_int_equal(report.n_notes, 0);
	start(NULL, NULL);
	assert_file(FILE_A, "a\n");
	assert_file(FILE_B, NULL);
	/* Without the marker it is ours again. */
	autofree char *marker = at("/etc/net/.pve-ignore.a.network");
	assert_int_equal(unlink(marker), 0);
	start("a3\n", NULL);
	assert_file(FILE_A, "a3\n");
}

static void test_parts(void **state)
{
	(void)state;
	run_begin(PHASE_START, 0);
	managed_part_record(&setup, "/etc/network/interfaces", "iface eth0 inet", "text");
	run_end();
	run_begin(PHASE_START, 0);
	assert_true(managed_part_is_ours(&setup, "/etc/network/interfaces", "iface eth0 inet",
					 "text"));
	assert_false(managed_part_is_ours(&setup, "/etc/network/interfaces", "iface eth0 inet",
					  "other"));
	assert_false(managed_part_is_ours(&setup, "/etc/network/interfaces", "iface eth1 inet",
					  "text"));
	assert_false(managed_is_ours(&setup, "/etc/network/interfaces"));
	run_end();
	assert_file(LEDGER, NULL);
}

static void test_dry(void **state)
{
	(void)state;
	plant(FILE_A, "original\n");
	for (unsigned flags = SETUP_DRY;; flags = 0) {
		run_begin(PHASE_START, flags);
		write_one(FILE_A, "a\n");
		write_one(FILE_B, "b\n");
		run_end();
		assert_int_equal(report.n_notes, 0);
		assert_int_equal(report.n_changes, 4); /* both, the original, the ledger */
		if (!flags)
			break;
		assert_file(FILE_A, "original\n");
		assert_file(LEDGER, NULL);
	}
}

/* Neither a ledger nor a place for one is a reason not to go on. */
static void test_no_ledger(void **state)
{
	autofree char *path = at("/var");

	(void)state;
	plant(LEDGER "/folder", "");
	start("a\n", NULL);
	assert_file(FILE_A, "a\n");
	assert_int_equal(report.n_notes, 1);
	assert_int_equal(report.notes[0].level, NOTE_WARNING);
	autofree char *moved = at("/moved");
	assert_int_equal(rename(path, moved), 0);
	plant("/var", "a file");
	start(NULL, "b\n");
	assert_file(FILE_B, "b\n");
	assert_int_equal(report.n_notes, 1);
}

static void test_forged(void **state)
{
	static const char outside[] = "/tmp/managed-test-outside";
	autofree char *hash = xasprintf("%016llx", (unsigned long long)hash_text("x\n", 2));
	autofree char *link = at("/link");
	autofree char *forged = xasprintf("network %s ../..%s\nnetwork %s /..%s\n"
					"network %s /link%s\nnetwork %s /etc/other\n"
					"hosts %s /etc/hosts\nnetwork %s /etc\n",
					hash, outside, hash, outside, hash, outside, hash, hash,
					hash);
	autofree char *text = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(file_write(outside, "x\n", 2, 0644, &e), 0);
	assert_int_equal(symlink("/", link), 0);
	plant("/etc/other", "not x\n");
	plant("/etc/hosts", "x\n");
	plant(LEDGER, forged);
	run_begin(PHASE_START, 0);
	run_end();
	assert_int_equal(access(outside, F_OK), 0);
	unlink(outside);
	assert_file("/etc/other", "not x\n");
	assert_file("/etc/hosts", "x\n");
	/* The hosts step's is left to that; the others are forgotten. */
	text = xasprintf("hosts %s /etc/hosts\n", hash);
	assert_ledger(text);
}

static void test_parse(void **state)
{
	static const char good[] = "network 0123456789abcdef /etc/a\n"
				   "network 0123456789abcdef /etc/a iface eth0 inet\n";
	static const char *const bad[] = {
		"", "network", "network 0123456789abcdef", "network 0123456789abcdef ",
		"network 0123456789abcde /etc/b", "network 0123456789ABCDEF /etc/b",
		"network 0123456789abcdef etc/b", "network 0123456789abcdef /etc/../b",
		"network 0123456789abcdef /etc/./b", "network 0123456789abcdef /etc//b",
		"network 0123456789abcdef /etc/b/", "network 0123456789abcdef /",
		"network 0123456789abcdef /etc/\033b", "net/work 0123456789abcdef /etc/b",
		" 0123456789abcdef /etc/b", "network 0123456789abcdef /etc/b i\tf",
		"network 0123456789abcdef /etc/..", "# comment",
		"network 0000000000000000 /etc/a",
	};
	struct ledger *l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autofree char *text = xasprintf("%s%s\r\n%s", good, bad[i], bad[i]), *out = NULL;

		l = ledger_parse(text);
		if (l->n != 2)
			fail_msg("%s: %zu entries", bad[i], l->n);
		out = ledger_text(l);
		assert_string_equal(strchr(out, '\n') + 1, good);
		ledger_free(l);
	}
	{
		struct ledger *many = xcalloc(1, sizeof *many);
		autofree char *text = NULL, *line = NULL;

		for (int i = 0; i < 2000; i++) {
			autofree char *path = xasprintf("/etc/%d", i);

			ledger_set(many, "network", path, NULL, 1);
		}
		text = ledger_text(many);
		ledger_free(many);
		l = ledger_parse(text);
		assert_int_equal(l->n, LEDGER_MAX_ENTRIES);
		ledger_free(l);
		line = xasprintf("network 0123456789abcdef /%01100d\n", 7);
		l = ledger_parse(line);
		assert_int_equal(l->n, 0);
		ledger_free(l);
	}
}

/* The budget is used up before the ledger is read, or before something is to be taken away. */
static void test_budget(void **state)
{
	static const uint64_t nothing[ROOTFS_COSTS] = { 0 };

	(void)state;
	for (int known = 0; known < 2; known++) {
		autofree char *ledger = at(LEDGER), *before = NULL;
		struct err e;

		start("a\n", "b\n");
		assert_int_equal(file_read(ledger, 4096, &before, NULL, &e), 0);
		run_begin(PHASE_START, 0);
		if (known)
			assert_true(managed_is_ours(&setup, FILE_A));
		rootfs_budget_begin(root, nothing);
		assert_int_equal(managed_is_ours(&setup, FILE_A), known);
		assert_int_equal(managed_write(&setup, FILE_A, "a2\n", 0, &e), -ETIME);
		assert_int_equal(managed_sweep(&setup, &e), known ? -ETIME : 0);
		rootfs_budget_begin(root, rootfs_budget);
		managed_finish(&setup);
		tree_free(setup.tree);
		assert_file(FILE_A, "a\n");
		assert_file(FILE_B, "b\n");
		assert_file(LEDGER, before);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = { CASE(test_leaves), CASE(test_changed),
					    CASE(test_create), CASE(test_restored),
					    CASE(test_section), CASE(test_section_saved),
					    CASE(test_links), CASE(test_ignored), CASE(test_parts),
					    CASE(test_dry), CASE(test_no_ledger),
					    CASE(test_forged), CASE(test_parse),
					    CASE(test_budget) };

	return cmocka_run_group_tests_name("managed", tests, NULL, NULL);
}
