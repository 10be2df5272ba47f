/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole pass of setup has one budget: what becomes of a container that has more than that. */
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
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/rootfs/rootfs.h"
#include "setup/report.h"
#include "setup/setup.h"
#include "tests/unit/conf-text.h"
#include "tests/unit/planted.h"

#define NETWORKS "/etc/systemd/network"
#define PRESETS "/etc/systemd/system-preset"
#define STOPPED "one run reads and writes no more than 32 MiB in a container"

static struct rootfs *root;
static struct report report;
static struct err e;

static void plant_program(const char *path)
{
	autofree char *full = at(path);

	plant(path, "/etc/network/interfaces");
	assert_int_equal(chmod(full, 0755), 0);
}

static void plant_link(const char *target, const char *path)
{
	autofree char *full = at(path), *dir = xstrdup(full);

	*strrchr(dir, '/') = '\0';
	assert_int_equal(file_mkdirs(dir, 0755, &e), 0);
	assert_int_equal(symlink(target, full), 0);
}

/* A Debian with systemd-networkd. */
static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/budget-test-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	plant("/etc/os-release", "ID=debian\n");
	plant("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	plant("/etc/hostname", "old\n");
	plant("/usr/lib/systemd/system/systemd-networkd.service", "[Install]\n");
	plant_program("/usr/lib/systemd/systemd");
	plant_program("/usr/lib/systemd/systemd-networkd");
	plant_link("/usr/lib/systemd/systemd", "/sbin/init");
	plant_link("/usr/lib/systemd/system/systemd-networkd.service",
		   "/etc/systemd/system/multi-user.target.wants/systemd-networkd.service");
	return rootfs_open(top, &root, &e);
}

static int tear_down(void **state)
{
	const char *const argv[] = { "rm", "-rf", top, NULL };

	(void)state;
	rootfs_close(root);
	report_done(&report);
	return run_program(argv, &e);
}

/* n networks, each with an address of its own, or all with DHCP. */
static const char *address;
static char *config(unsigned n)
{
	struct buf b = BUF_INIT;

	buf_add(&b, "lxc.utsname = web1\n");
	for (unsigned i = 0; i < n; i++) {
		autofree char *own = xasprintf("10.0.%u.5/24", i);

		buf_addf(&b, "lxc.network.type = veth\nlxc.network.veth.pair = veth105.%u\n"
			     "lxc.network.name = eth%u\npve.network.ip = %s\n"
			     "pve.network.ip6 = auto\n", i, i, address ? address : own);
	}
	return buf_detach(&b);
}

static int run(enum phase phase, unsigned flags, unsigned n)
{
	autofree char *text = config(n);
	struct conf_file *f = parse(text);
	struct host_facts facts = { 0 };
	int r;

	report_done(&report);
	r = setup_run(phase, conf_values(f), root, &facts, flags, &report, &e);
	conf_free(f);
	return r;
}

/* More than is read: hard links of one file, so that they take no room. */
static void plant_links(const char *folder, const char *suffix, const char *line)
{
	autofree char *first = xasprintf("%s/000%s", folder, suffix), *full = at(first);
	autobuf b = BUF_INIT;

	while (b.len < 1000000)
		buf_add(&b, line);
	plant(first, b.s);
	for (unsigned i = 1; i < 200; i++) {
		autofree char *path = xasprintf("%s%s/%03u%s", top, folder, i, suffix);

		assert_int_equal(link(full, path), 0);
	}
}

static void plant_too_much(void)
{
	plant_links(NETWORKS, ".network", "[Match]\nName = other\n");
}

static void assert_file(const char *path, const char *text)
{
	autofree char *full = at(path), *found = NULL;

	assert_int_equal(file_read(full, 4096, &found, NULL, &e), 0);
	assert_string_equal(found, text);
}

static const struct note *assert_stopped(void)
{
	const struct note *note = &report.notes[0];

	assert_int_equal(report.n_notes, 1);
	assert_true(note->failed);
	assert_int_equal(note->level, NOTE_WARNING);
	assert_string_equal(note->step, "network");
	assert_non_null(note->remedy);
	return note;
}

static void test_start(void **state)
{
	const char *text;

	(void)state;
	/* What was written before stays known. */
	assert_int_equal(run(PHASE_START, 0, 2), 0);
	assert_int_equal(report.n_notes, 0);
	plant("/etc/hostname", "old\n");
	plant_too_much();
	assert_int_equal(run(PHASE_START, 0, 1), 0);
	text = assert_stopped()->text;
	assert_non_null(strstr(text, "setup stopped at " NETWORKS "/0"));
	assert_non_null(strstr(text, STOPPED));
	assert_non_null(strstr(text, "not done: network, cloud-init, nesting, hostname, hosts, "
				     "resolv.conf, timezone"));
	assert_file("/etc/hostname", "old\n");
	/* The network that went from the config is still there, and still ours. */
	plant(NETWORKS "/000.network", "");
	for (unsigned i = 0; i < 200; i++) {
		autofree char *path = xasprintf("%s" NETWORKS "/%03u.network", top, i);

		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rootfs_kind(root, NETWORKS "/eth1.network"), S_IFREG);
	assert_int_equal(run(PHASE_START, 0, 1), 0);
	assert_int_equal(report.n_notes, 0);
	assert_int_equal(rootfs_kind(root, NETWORKS "/eth1.network"), 0);
	assert_file("/etc/hostname", "web1\n");
}

/* What has just been made is not to be used as it is; but a dry run shows what it can. */
static void test_create(void **state)
{
	(void)state;
	plant_too_much();
	assert_int_equal(run(PHASE_CREATE, SETUP_DRY, 1), 0);
	assert_true(assert_stopped()->failed);
	assert_int_equal(run(PHASE_CREATE, 0, 1), -ETIME);
	assert_string_equal(e.object, "setup of network");
	assert_non_null(strstr(e.cause, NETWORKS "/0"));
	assert_non_null(strstr(e.cause, STOPPED));
	assert_true(e.remedy[0]);
}

/* It ends while the consumer is looked for: nothing is done, and nobody is told of one. */
static void test_look(void **state)
{
	autofree char *wants = at("/etc/systemd/system/multi-user.target.wants/"
				  "systemd-networkd.service");
	autofree char *id = at("/etc/machine-id");

	(void)state;
	assert_int_equal(unlink(wants), 0);
	assert_int_equal(unlink(id), 0);
	plant("/usr/lib/systemd/system/systemd-networkd.service", "[Unit]\n\n[Install]\n");
	plant_links(PRESETS, ".preset", "enable other.service\n");
	assert_int_equal(run(PHASE_START, 0, 1), 0);
	assert_int_equal(report.n_notes, 1);
	assert_non_null(strstr(report.notes[0].text, "setup stopped at " PRESETS "/0"));
	assert_non_null(strstr(report.notes[0].text,
			       "not done: fastboot, getty, dhcp-name, network, "));
	assert_int_equal(report.n_changes, 0);
	assert_file("/etc/hostname", "old\n");
}

/* Whatever the step finds from then on is wrong: programs are not there, either. */
static void test_findings(void **state)
{
	autofree char *networkd = at("/usr/lib/systemd/systemd-networkd");

	(void)state;
	assert_int_equal(unlink(networkd), 0);
	plant_program("/sbin/ifup");
	plant_program("/sbin/dhclient");
	plant("/etc/init.d/networking", "");
	plant_link("../init.d/networking", "/etc/rcS.d/S10networking");
	plant("/etc/network/interfaces", "source /etc/network/more/*\n");
	address = "dhcp";
	assert_int_equal(run(PHASE_START, 0, 2), 0);
	assert_int_equal(report.n_notes, 0);
	plant_links("/etc/network/more", "", "iface other inet dhcp\n");
	assert_int_equal(run(PHASE_START, 0, 2), 0);
	address = NULL;
	assert_non_null(strstr(assert_stopped()->text, "setup stopped at /etc/network/more/0"));
}

/* What is only thought of counts, too. */
static void test_changes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1100; i++) {
		autofree char *path = xasprintf("/etc/cron.d/job%u", i);

		plant(path, "17 * * * * root true\n");
	}
	assert_int_equal(run(PHASE_CREATE, SETUP_DRY, 1), 0);
	assert_non_null(strstr(report.notes[0].text, "changes no more than 1000 files"));
	assert_in_range(report.n_changes, 900, 1000);
}

/* What a large container has is far from the end of it. */
static void test_enough(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		autofree char *path = xasprintf(NETWORKS "/10-vlan%u.network", i);
		autofree char *text = xasprintf("[Match]\nName = vlan%u\n\n[Network]\nDHCP = no\n"
						"Address = 10.1.%u.2/24\n%0800d\n", i, i, 0);

		plant(path, text);
	}
	assert_int_equal(run(PHASE_CREATE, 0, CONF_MAX_NETS), 0);
	for (size_t i = 0; i < report.n_notes; i++)
		assert_false(report.notes[i].failed);
	assert_int_equal(run(PHASE_START, 0, CONF_MAX_NETS), 0);
	assert_int_equal(report.n_notes, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_start), CASE(test_create), CASE(test_look), CASE(test_findings),
		CASE(test_changes), CASE(test_enough),
	};

	return cmocka_run_group_tests_name("setup-budget", tests, NULL, NULL);
}
