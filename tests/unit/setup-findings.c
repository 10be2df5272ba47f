/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What setup finds out about a rootfs: findings with their remedies, and what it says of it. */
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
#include "setup/confined.h"
#include "setup/report.h"

#define NET0 "lxc.network.type = veth\nlxc.network.veth.pair = veth105.0\nlxc.network.name = eth0\n"
#define SCRIPTS "/etc/sysconfig/network-scripts/"

static char top[64];
static struct report report;

static char *at(const char *path)
{
	return xasprintf("%s%s", top, path);
}

static void plant(const char *path, const char *text, mode_t mode)
{
	autofree char *full = at(path), *dir = xstrdup(full);
	struct err e = { 0 };

	*strrchr(dir, '/') = '\0';
	assert_int_equal(file_mkdirs(dir, 0755, &e), 0);
	assert_int_equal(file_write(full, text, strlen(text), mode, &e), 0);
	assert_int_equal(chmod(full, mode), 0);
}

static void plant_link(const char *path, const char *target)
{
	autofree char *full = at(path), *dir = xstrdup(full);
	struct err e = { 0 };

	*strrchr(dir, '/') = '\0';
	assert_int_equal(file_mkdirs(dir, 0755, &e), 0);
	assert_int_equal(symlink(target, full), 0);
}

/* A Debian with systemd. */
static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/findings-test-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	plant("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n", 0644);
	plant("/usr/lib/systemd/systemd", "", 0755);
	plant("/etc/machine-id", "0123456789abcdef0123456789abcdef\n", 0444);
	plant_link("/sbin/init", "/usr/lib/systemd/systemd");
	return 0;
}

static int tear_down(void **state)
{
	const char *const argv[] = { "rm", "-rf", top, NULL };
	struct err e = { 0 };

	(void)state;
	report_done(&report);
	return run_program(argv, &e);
}

static void run(const char *config)
{
	const struct host_facts facts = { 0 };
	struct conf_file *f = NULL;
	struct err e = { 0 };

	report_done(&report);
	if (conf_parse(config, strlen(config), "config", 105, &f, &e) < 0 ||
	    setup_confined(PHASE_START, conf_values(f), top, NULL, &facts, SETUP_DRY, &report, &e) <
		    0)
		fail_msg("%s: %s", e.object, e.cause);
	conf_free(f);
}

/* The one note of this step that says so; text NULL: it says nothing. */
static void assert_note(const char *step, const char *text, const char *remedy)
{
	const struct note *found = NULL;

	for (size_t i = 0; i < report.n_notes; i++) {
		if (!str_eq(report.notes[i].step, step))
			continue;
		if (found || !text)
			fail_msg("one too many: %s", report.notes[i].text);
		found = &report.notes[i];
	}
	if (!text)
		return;
	if (!found || !strstr(found->text, text))
		fail_msg("\"%s\" instead of \"%s\"", found ? found->text : "nothing", text);
	assert_string_equal(found->remedy, remedy);
}

static bool is_changed(const char *path)
{
	for (size_t i = 0; i < report.n_changes; i++)
		if (str_eq(report.changes[i].path, path))
			return true;
	return false;
}

static void test_consumers(void **state)
{
	(void)state;
	run(NET0 "pve.network.ip = manual\n");
	assert_string_equal(report.os, "Debian 12");
	assert_string_equal(report.init, "systemd");
	assert_int_equal(report.n_consumers, 0);
	assert_note("network", "the container has no supported network program",
		    "in the container: apt-get install ifupdown");
	run(NET0);
	assert_note("network", NULL, NULL);

	/* Red Hat's two readers of ifcfg files: the old scripts, and NetworkManager's plugin. */
	plant(SCRIPTS "ifup-eth", "", 0755);
	plant("/etc/init.d/network", "", 0755);
	run(NET0 "pve.network.ip = manual\n");
	assert_int_equal(report.n_consumers, 1);
	assert_string_equal(report.consumers[0].name, "network-scripts");
	assert_false(report.consumers[0].enabled);
	assert_non_null(report.consumers[0].why);
	assert_note("network", "network-scripts is installed, but it is not started at boot",
		    "in the container: chkconfig network on");
}

static void test_units(void **state)
{
	(void)state;
	plant("/usr/sbin/NetworkManager", "", 0755);
	plant("/usr/lib64/NetworkManager/libnm-settings-plugin-ifcfg-rh.so", "", 0644);
	plant("/etc/NetworkManager/NetworkManager.conf", "[main]\nplugins=ifcfg-rh\n", 0644);
	plant("/usr/lib/systemd/system/NetworkManager.service", "", 0644);
	run(NET0 "pve.network.ip = manual\n");
	assert_note("network", "ifcfg-rh is installed, but it is not started at boot",
		    "in the container: systemctl enable NetworkManager");
	plant_link("/etc/systemd/system/NetworkManager.service", "/dev/null");
	run(NET0 "pve.network.ip = manual\n");
	assert_note("network", "but NetworkManager.service is masked",
		    "in the container: systemctl unmask NetworkManager && systemctl enable "
		    "NetworkManager");
}

/* network-scripts, enabled. */
static void plant_scripts(void)
{
	plant(SCRIPTS "ifup-eth", "", 0755);
	plant("/etc/init.d/network", "", 0755);
	plant_link("/etc/rc3.d/S10network", "../init.d/network");
}

static void test_dhcp(void **state)
{
	(void)state;
	plant_scripts();
	run(NET0 "pve.network.ip = dhcp\n");
	assert_true(report.consumers[0].enabled);
	assert_note("network", "eth0 has ip=dhcp, but network-scripts finds no DHCP client",
		    "in the container: apt-get install isc-dhcp-client");
	run(NET0 "pve.network.ip6 = dhcp\n");
	assert_note("network", "eth0 has ip6=dhcp, but network-scripts finds no DHCP client",
		    "in the container: apt-get install isc-dhcp-client");
	run(NET0 "pve.network.ip6 = auto\n");
	assert_note("network", NULL, NULL);
	plant("/sbin/dhclient", "", 0755);
	run(NET0 "pve.network.ip = dhcp\npve.network.ip6 = dhcp\n");
	assert_note("network", NULL, NULL);
}

static void test_gateway(void **state)
{
	(void)state;
	plant_scripts();
	plant("/sbin/dhclient", "", 0755);
	run(NET0 "pve.network.gw = 10.9.0.1\n");
	assert_note("network", "eth0 has gw=10.9.0.1 without a static address",
		    "add an address, or remove the gateway with pct set");
	run(NET0 "pve.network.ip = dhcp\npve.network.gw = 10.9.0.1\n");
	assert_note("network", "eth0 has gw=10.9.0.1 without a static address",
		    "add an address, or remove the gateway with pct set");
	run(NET0 "pve.network.gw6 = fd00::1\npve.network.ip = 10.9.0.5/24\n"
		 "pve.network.gw = 10.9.0.1\n");
	assert_note("network", "eth0 has gw6=fd00::1 without a static address",
		    "add an address, or remove the gateway with pct set");
}

static void test_claims(void **state)
{
	(void)state;
	plant_scripts();
	plant(SCRIPTS "ifcfg-Wired", "DEVICE=eth0\nBOOTPROTO=dhcp\n", 0644);
	plant(SCRIPTS "ifcfg-Other", "DEVICE=eth1\nBOOTPROTO=dhcp\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note("network",
		    SCRIPTS "ifcfg-Wired configures eth0 instead of the file that pct writes",
		    "remove it, or create .pve-ignore.NAME beside the file that pct writes");
	run(NET0);
	assert_note("network", NULL, NULL);
}

/* cloud-init with a seed that has not run yet, so that no file of it is there. */
static void test_cloud_init(void **state)
{
	static const char step[] = "cloud-init", cfg[] = "/etc/cloud/cloud.cfg.d/99-pct.cfg";
	static const char remedy[] = "write the lines \"network: {config: disabled}\", "
				     "\"preserve_hostname: true\", \"ssh_deletekeys: false\" to "
				     "/etc/cloud/cloud.cfg.d/99-pct.cfg in the container";

	(void)state;
	plant("/etc/ssh/sshd_config", "", 0644);
	plant("/var/lib/cloud/seed/nocloud/meta-data", "local-hostname: other\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note(step, NULL, NULL);
	plant("/usr/bin/cloud-init", "", 0755);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note(step,
		    "cloud-init configures the network, sets the host name, replaces the SSH host "
		    "keys beside the config, from its seed in /var/lib/cloud/seed/nocloud",
		    remedy);
	plant(cfg, "network: {config: disabled}\npreserve_hostname: true\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note(step, "cloud-init replaces the SSH host keys beside",
		    "write the lines \"ssh_deletekeys: false\" to "
		    "/etc/cloud/cloud.cfg.d/99-pct.cfg in the container");
	plant(cfg, "network:\n  config: disabled\npreserve_hostname: true\n"
		   "ssh_deletekeys: false\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note(step, NULL, NULL);
	plant(cfg, "# network: {config: disabled}\npreserve_hostname: true\n"
		   "ssh_deletekeys: false\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note(step, "cloud-init configures the network beside",
		    "write the lines \"network: {config: disabled}\" to "
		    "/etc/cloud/cloud.cfg.d/99-pct.cfg in the container");
	plant("/etc/cloud/cloud-init.disabled", "", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note(step, NULL, NULL);
}

/* The file of an earlier boot: removing it does not help. */
static void test_cloud_init_file(void **state)
{
	(void)state;
	plant_scripts();
	plant(SCRIPTS "ifcfg-cloud-init", "DEVICE=eth0\nBOOTPROTO=dhcp\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note("network", "ifcfg-cloud-init configures eth0 instead of",
		    "write \"network: {config: disabled}\" to "
		    "/etc/cloud/cloud.cfg.d/99-pct.cfg in the container, and remove it");
}

/* Another consumer that the boot starts, and that a file has configure the same interface. */
static void test_two(void **state)
{
	(void)state;
	plant_scripts();
	plant("/usr/lib/systemd/systemd-networkd", "", 0755);
	plant("/usr/lib/systemd/system/systemd-networkd.service", "", 0644);
	plant_link("/etc/systemd/system/multi-user.target.wants/systemd-networkd.service",
		   "/usr/lib/systemd/system/systemd-networkd.service");
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_int_equal(report.n_consumers, 2);
	assert_string_equal(report.consumer, "network-scripts");
	assert_note("network", NULL, NULL);
	plant("/etc/systemd/network/05-mine.network", "[Match]\nName=eth0\n", 0644);
	run(NET0 "pve.network.ip = 10.9.0.5/24\n");
	assert_note("network", "systemd-networkd also configures eth0, by",
		    "remove it, or disable one of the two in the container");
}

static void plant_service(const char *name)
{
	autofree char *unit = xasprintf("/usr/lib/systemd/system/%s.service", name);
	autofree char *want = xasprintf("/etc/systemd/system/multi-user.target.wants/%s.service",
					name);

	plant(unit, "", 0644);
	plant_link(want, unit);
}

/* What is behind the name ifup decides, by what its file contains. */
static void test_ifup(void **state)
{
	static const struct {
		const char *text, *why;
	} programs[] = {
		{ "BusyBox v1.37.0 /etc/network/interfaces", "/usr/sbin/ifup exists (busybox)" },
		{ "ifupdown-ng 0.12.1 ifupdown2 /etc/network/interfaces",
		  "/usr/sbin/ifup exists (ifupdown-ng)" },
		{ "import ifupdown2.lib.log", "/usr/sbin/ifup exists (ifupdown2)" },
		{ "\177ELF /etc/network/interfaces", "/usr/sbin/ifup exists (ifupdown)" },
	};

	(void)state;
	plant_service("networking");
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		plant("/usr/sbin/ifup", programs[i].text, 0755);
		run(NET0 "pve.network.ip = manual\n");
		assert_string_equal(report.consumer, "ifupdown");
		assert_non_null(strstr(report.consumers[0].why, programs[i].why));
	}
	/* Those of wicked and of NetworkManager do not read the file. */
	plant("/usr/sbin/ifup", "#!/bin/sh\nexec nmcli connection up \"$1\"\n", 0755);
	run(NET0 "pve.network.ip = manual\n");
	assert_null(report.consumer);
	assert_int_equal(report.n_consumers, 0);
}

/* A copy of busybox is busybox, and resolvectl is not openresolv, whatever their names. */
static void test_copies(void **state)
{
	autofree char *init = at("/sbin/init");

	(void)state;
	assert_int_equal(unlink(init), 0);
	plant("/sbin/init", "BusyBox v1.37.0", 0755);
	run(NET0 "pve.network.ip = manual\n");
	assert_string_equal(report.init, "busybox");

	plant("/etc/resolvconf.conf", "", 0644);
	plant("/usr/sbin/resolvconf", "resolvectl", 0755);
	run("pve.nameserver = 192.0.2.53\n");
	assert_false(is_changed("/etc/resolvconf.conf"));
	plant("/usr/sbin/resolvconf", "#!/bin/sh\n", 0755);
	run("pve.nameserver = 192.0.2.53\n");
	assert_true(is_changed("/etc/resolvconf.conf"));
}

static void test_netifrc(void **state)
{
	static const char token[] = NET0 "pve.network.ip6 = auto,token=::5\n";
	static const char lease[] = NET0 "pve.network.ip = dhcp\n";
	autofree char *init = at("/sbin/init"), *busybox = at("/bin/busybox");

	(void)state;
	assert_int_equal(unlink(init), 0);
	plant("/sbin/openrc-init", "", 0755);
	plant_link("/sbin/init", "openrc-init");
	plant("/sbin/openrc", "", 0755);
	plant("/sbin/ip", "", 0755);
	plant("/etc/init.d/net.lo", "", 0755);
	run(token);
	assert_string_equal(report.consumer, "netifrc");
	assert_note("network", "this netifrc does not support token",
		    "give the interface a static address, or install netifrc 0.7.10 or later, and "
		    "iproute2");
	plant("/lib/netifrc/net/ip6token.sh", "", 0644);
	run(token);
	assert_note("network", NULL, NULL);

	/* It runs busybox itself, with a script that needs more. */
	plant("/bin/busybox", "BusyBox v1.37.0", 0755);
	run(lease);
	assert_note("network", "needs ifconfig and route, which the container lacks",
		    "install net-tools or dhcpcd");
	plant("/sbin/ifconfig", "", 0755);
	plant("/sbin/route", "", 0755);
	run(lease);
	assert_note("network", NULL, NULL);
	assert_int_equal(unlink(busybox), 0);
	run(lease);
	assert_note("network", "netifrc finds no DHCP client",
		    "in the container: apt-get install isc-dhcp-client");
}

/* ifup fails for an interface that is not there; one that a stanza makes will be. */
static void test_strays(void **state)
{
	static const char stray[] = "auto lo\niface lo inet loopback\nauto eth1\n"
				    "iface eth1 inet dhcp\n\tmetric 5\n";
	static const char stray_too[] =
		"auto eth1\niface eth1 inet static\n\taddress 192.0.2.9/24\n"
		"\t# --- BEGIN PVE ---\n\tpre-up true\n\t# --- END PVE ---\n\tpost-up /bin/true\n";
	static const char made[] = "auto br0\niface br0 inet static\n\taddress 192.0.2.9/24\n"
				   "\tbridge_ports none\nauto eth2\niface eth2 inet manual\n"
				   "iface eth3 inet dhcp\n"
				   "auto tun0\niface tun0 inet static\n\taddress 192.0.2.9/24\n"
				   "\tpre-up ip tuntap add tun0 mode tun\n";

	(void)state;
	plant("/usr/sbin/ifup", "/etc/network/interfaces", 0755);
	plant_service("networking");
	plant("/etc/network/interfaces", stray, 0644);
	run(NET0 "pve.network.ip = 192.0.2.8/24\n");
	assert_string_equal(report.consumer, "ifupdown");
	assert_note("network", "/etc/network/interfaces brings up eth1, which the container does",
		    "remove those lines, or add that interface to the container");
	plant("/etc/network/interfaces", stray_too, 0644);
	run(NET0 "pve.network.ip = 192.0.2.8/24\n");
	assert_note("network", "/etc/network/interfaces brings up eth1, which the container does",
		    "remove those lines, or add that interface to the container");
	plant("/etc/network/interfaces", made, 0644);
	run(NET0 "pve.network.ip = 192.0.2.8/24\n");
	assert_note("network", NULL, NULL);
}

static void test_two_gateways(void **state)
{
#define NET1 "lxc.network.type = veth\nlxc.network.veth.pair = veth105.1\n" \
	     "lxc.network.name = eth1\n"
	static const char both[] =
		NET0 "pve.network.ip = 192.0.2.8/24\npve.network.gw = 192.0.2.1\n"
		NET1 "pve.network.ip = 198.51.100.8/24\npve.network.gw = 198.51.100.1\n";

	(void)state;
	plant("/usr/sbin/ifup", "/etc/network/interfaces", 0755);
	plant_service("networking");
	run(both);
	assert_string_equal(report.consumer, "ifupdown");
	assert_note("network", "eth0 and eth1 both have gw; the first network has the default "
		    "route, so that of eth1 is omitted",
		    "remove one of them with pct set");
	run(NET0 "pve.network.ip = 192.0.2.8/24\npve.network.gw = 192.0.2.1\n"
	    NET1 "pve.network.ip6 = fd00::8/64\npve.network.gw6 = fd00::1\n");
	assert_note("network", NULL, NULL);
}

static void test_dhcpcd_is_kept_off(void **state)
{
	static const char *const keepers[] = { "denyinterfaces wlan0 eth*\n",
					       "allowinterfaces eth1\n" };

	(void)state;
	plant("/usr/sbin/dhcpcd", "", 0755);
	plant_service("dhcpcd");
	for (size_t i = 0; i < ARRAY_SIZE(keepers); i++) {
		plant("/etc/dhcpcd.conf", keepers[i], 0644);
		run(NET0 "pve.network.ip = dhcp\n");
		assert_string_equal(report.consumer, "dhcpcd");
		assert_note("network", "/etc/dhcpcd.conf prevents dhcpcd from configuring eth0",
			    "remove it from the line denyinterfaces, or add it to allowinterfaces");
	}
	plant("/etc/dhcpcd.conf", "denyinterfaces eth1\nallowinterfaces eth0\n", 0644);
	run(NET0 "pve.network.ip = dhcp\n");
	assert_note("network", NULL, NULL);
}

static void test_nesting(void **state)
{
	static const struct {
		const char *path, *text;
	} cases[] = {
		{ "/lib/systemd/libsystemd-shared-241.so", NULL },
		{ "/lib/systemd/libsystemd-shared-.so", NULL },
		{ "/lib/systemd/libsystemd-shared-252.la", NULL },
		{ "/usr/lib/x86_64-linux-musl/systemd/libsystemd-shared-242.so", "systemd 242 " },
		{ "/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-252.so",
		  "systemd 252 needs nesting; without it, on a host with AppArmor, a login can" },
		{ "/lib/systemd/libsystemd-shared-257.4-1.fc42.so",
		  "systemd 257 needs nesting; without it, on a host with AppArmor, the console" },
		{ "/usr/lib/systemd/libsystemd-shared-300_1.so", "systemd 300 needs nesting" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *full = at(cases[i].path);

		plant(cases[i].path, "", 0644);
		run("");
		assert_note("nesting", cases[i].text, "pct set 105 --features nesting=1");
		assert_int_equal(unlink(full), 0);
	}
	plant("/usr/lib64/systemd/libsystemd-shared-258.so", "", 0644);
	run("");
	assert_note("nesting", "systemd 258", "pct set 105 --features nesting=1");
	for (size_t i = 0; i < report.n_notes; i++)
		assert_int_equal(report.notes[i].level, NOTE_INFO);
	run("pve.features = nesting=1\n");
	assert_note("nesting", NULL, NULL);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = { CASE(test_consumers), CASE(test_units),
					    CASE(test_dhcp), CASE(test_gateway),
					    CASE(test_claims), CASE(test_cloud_init),
					    CASE(test_cloud_init_file), CASE(test_two),
					    CASE(test_strays), CASE(test_two_gateways),
					    CASE(test_ifup), CASE(test_copies), CASE(test_netifrc),
					    CASE(test_dhcpcd_is_kept_off), CASE(test_nesting) };

	return cmocka_run_group_tests_name("setup-findings", tests, NULL, NULL);
}
