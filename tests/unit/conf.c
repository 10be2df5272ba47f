/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "tests/unit/conf-text.h"

/* The form that a new container is written in, to the letter. */
static const char example[] =
	"# lxc config for container 105\n"
	"lxc.include = /usr/share/lxc/config/debian.common.conf\n"
	"lxc.utsname = ct1\n"
	"pve.disksize = 8\n"
	"pve.volid = local:105/vm-105-rootfs.raw\n"
	"# network config\n"
	"lxc.network.type = veth\n"
	"pve.network.bridge = vmbr0\n"
	"pve.network.gw = 192.168.2.1\n"
	"lxc.network.hwaddr = 86:5D:0B:28:E6:23\n"
	"pve.network.ip = 192.168.3.106/20\n"
	"lxc.network.name = eth0\n"
	"lxc.network.veth.pair = veth105.0\n";

static const char example_net[] = "name=eth0,bridge=vmbr0,gw=192.168.2.1,hwaddr=86:5D:0B:28:E6:23,"
				  "ip=192.168.3.106/20";

static void set(struct conf_file *f, const char *option, const char *value)
{
	struct err e = { 0 };

	if (conf_set(f, option, value, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
}

static void unset(struct conf_file *f, const char *option)
{
	struct err e = { 0 };

	if (conf_unset(f, option, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
}

static void check_get(const struct conf_file *f, const char *option, const char *expected)
{
	autofree char *value = conf_get(f, option);

	if (!expected)
		assert_null(value);
	else
		assert_string_equal(value, expected);
}

static void test_example(void **state)
{
	struct conf_file *f = parse(example);
	const struct conf *c = conf_values(f);

	(void)state;
	check_text(f, example);
	assert_string_equal(c->hostname, "ct1");
	assert_int_equal(c->n_volumes, 1);
	assert_string_equal(c->volumes[0].id, "local:105/vm-105-rootfs.raw");
	assert_string_equal(c->volumes[0].mount_point, "/");
	assert_string_equal(c->arch, "amd64");
	assert_int_equal(c->volumes[0].mib, 8 * 1024);
	assert_int_equal(c->tty, 2);
	assert_int_equal(c->memory, 0);
	assert_false(c->unprivileged);
	assert_int_equal(c->n_nets, 1);
	assert_int_equal(c->nets[0].index, 0);
	assert_string_equal(c->nets[0].name, "eth0");
	assert_string_equal(c->nets[0].bridge, "vmbr0");
	assert_int_equal(c->nets[0].ip4.method, IP_STATIC);
	assert_int_equal(c->nets[0].ip4.address[0].prefix, 20);
	assert_int_equal(c->nets[0].ip4.gateway.byte[2], 2);
	assert_int_equal(c->nets[0].ip6.method, IP_NONE);
	check_get(f, "net0", "name=eth0,bridge=vmbr0,gw=192.168.2.1,hwaddr=86:5D:0B:28:E6:23,"
			     "ip=192.168.3.106/20,type=veth");
	check_get(f, "rootfs", "local:105/vm-105-rootfs.raw,size=8G");
	conf_free(f);
}

static void test_create(void **state)
{
	static const char *const options[][2] = {
		{ "unprivileged", "0" }, { "memory", "0" }, { "swap", "0" },
		{ "hostname", "ct1" },   { "net0", example_net },
	};
	struct conf_file *f;

	(void)state;
	/* In any order of options and keys. */
	for (size_t turn = 0; turn < ARRAY_SIZE(options); turn++) {
		f = conf_new(105);
		if (turn % 2)
			conf_set_key(f, "pve.volid", "local:105/vm-105-rootfs.raw");
		for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
			const char *const *o = options[(i + turn) % ARRAY_SIZE(options)];

			set(f, o[0], o[1]);
		}
		conf_set_key(f, "pve.disksize", "8");
		conf_set_key(f, "lxc.include", "/usr/share/lxc/config/debian.common.conf");
		conf_set_key(f, "pve.volid", "local:105/vm-105-rootfs.raw");
		check_text(f, example);
		conf_free(f);
	}
}

static void test_no_net(void **state)
{
	struct conf_file *f = conf_new(200);

	(void)state;
	set(f, "memory", "512");
	set(f, "swap", "512");
	set(f, "unprivileged", "1");
	check_text(f, "# lxc config for container 200\n"
		      "lxc.cgroup.memory.limit_in_bytes = 536870912\n"
		      "lxc.cgroup.memory.memsw.limit_in_bytes = 1073741824\n"
		      "pve.unprivileged = 1\n"
		      "# network config\n"
		      "lxc.network.type = empty\n");
	conf_free(f);
}

#define LIMITS(m, s)                                                                               \
	"lxc.cgroup.memory.limit_in_bytes = " #m "\n"                                              \
	"lxc.cgroup.memory.memsw.limit_in_bytes = " #s "\n"

static void test_memory(void **state)
{
	struct conf_file *f = parse("# c\n" LIMITS(536870912, 1073741824));

	(void)state;
	assert_int_equal(conf_values(f)->swap, 512);
	set(f, "memory", "1024");
	check_text(f, "# c\n" LIMITS(1073741824, 1610612736));
	set(f, "memory", "16");
	check_text(f, "# c\n" LIMITS(16777216, 553648128));
	set(f, "swap", "0");
	check_text(f, "# c\n" LIMITS(16777216, 16777216));
	check_get(f, "swap", "0");
	set(f, "memory", "512");
	check_text(f, "# c\n" LIMITS(536870912, 536870912));
	unset(f, "swap");
	check_text(f, "# c\nlxc.cgroup.memory.limit_in_bytes = 536870912\n");
	check_get(f, "swap", NULL);
	set(f, "swap", "1");
	set(f, "memory", "0");
	check_text(f, "# c\n");
	conf_free(f);

	/* swap before memory */
	f = conf_new(105);
	set(f, "swap", "0");
	set(f, "memory", "512");
	assert_int_equal(conf_values(f)->swap, 0);
	conf_free(f);

	/* the keys of cgroup v2 */
	f = parse("lxc.cgroup2.memory.max = 512M\nlxc.cgroup2.memory.swap.max = 0\n");
	assert_int_equal(conf_values(f)->memory, 512);
	assert_int_equal(conf_values(f)->swap, 0);
	set(f, "memory", "1024");
	check_text(f, LIMITS(1073741824, 1073741824));
	conf_free(f);
}

static void test_cpu(void **state)
{
	struct conf_file *f = parse("lxc.tty = 4\n");

	(void)state;
	set(f, "cpulimit", "1.5");
	check_text(f, "lxc.cgroup.cpu.cfs_period_us = 100000\n"
		      "lxc.cgroup.cpu.cfs_quota_us = 150000\nlxc.tty = 4\n");
	check_get(f, "cpulimit", "1.5");
	assert_int_equal(conf_values(f)->cpulimit, 1500);
	set(f, "cpulimit", "0");
	set(f, "cpuunits", "2048");
	check_text(f, "lxc.cgroup.cpu.shares = 2048\nlxc.tty = 4\n");
	set(f, "cpuunits", "1024");
	set(f, "tty", "2");
	set(f, "cores", "3");
	check_text(f, "pve.cores = 3\n");
	set(f, "cores", "0");
	check_text(f, "");
	conf_free(f);
}

/* Comments, order, blanks, unknown keys, CRLF, no final newline, snapshots: all stay. */
static void test_lossless(void **state)
{
	static const char odd[] = "# my file\r\n"
				  "\r\n"
				  "pve.onboot=1  \r\n"
				  "  lxc.uts.name\t=  web  \r\n"
				  "# why\r\n"
				  "pve.unknown = x = y\r\n"
				  "other = 1\r\n"
				  "lxc.mount.entry = a b\r\n"
				  "\r\n"
				  "snap.pve.snapname = s1\r\n"
				  "snap.lxc.utsname = old\r\n"
				  "snap.lxc.network.type = empty";
	struct conf_file *f = parse(odd);

	(void)state;
	check_text(f, odd);
	assert_string_equal(conf_values(f)->hostname, "web");
	assert_true(conf_values(f)->onboot);
	set(f, "hostname", "db");
	set(f, "protection", "yes");
	set(f, "net0", example_net);
	check_text(f, "# my file\r\n"
		      "\r\n"
		      "pve.onboot=1  \r\n"
		      "  lxc.uts.name\t=  db\r\n"
		      "# why\r\n"
		      "pve.unknown = x = y\r\n"
		      "other = 1\r\n"
		      "lxc.mount.entry = a b\r\n"
		      "pve.protection = 1\r\n"
		      "# network config\r\n"
		      "lxc.network.type = veth\r\n"
		      "pve.network.bridge = vmbr0\r\n"
		      "pve.network.gw = 192.168.2.1\r\n"
		      "lxc.network.hwaddr = 86:5D:0B:28:E6:23\r\n"
		      "pve.network.ip = 192.168.3.106/20\r\n"
		      "lxc.network.name = eth0\r\n"
		      "lxc.network.veth.pair = veth105.0\r\n"
		      "\r\n"
		      "snap.pve.snapname = s1\r\n"
		      "snap.lxc.utsname = old\r\n"
		      "snap.lxc.network.type = empty");
	conf_free(f);

	f = parse("pve.onboot = 1");
	set(f, "tags", "b a,A");
	check_text(f, "pve.onboot = 1\npve.tags = a;b\n");
	conf_free(f);
}

#define NET(n, extra)                                                                              \
	"lxc.network.type = veth\n" extra "lxc.network.name = eth" #n "\n"                         \
	"lxc.network.veth.pair = veth105." #n "\n"

static void test_net_edit(void **state)
{
	struct conf_file *f = parse("# head\n# network config\n# first\n" NET(0, "# mine\n")
				    "# second\n" NET(2, "lxc.network.flags = up\n") "# end\n");
	const struct conf *c;

	(void)state;
	set(f, "net1", "name=eth1,hwaddr=02:00:00:00:00:01,firewall=0,tag=5");
	unset(f, "net0");
	check_text(f, "# head\n# network config\n# first\n# mine\n"
		      "lxc.network.type = veth\n"
		      "lxc.network.hwaddr = 02:00:00:00:00:01\n"
		      "lxc.network.name = eth1\n"
		      "pve.network.tag = 5\n"
		      "lxc.network.veth.pair = veth105.1\n"
		      "# second\n" NET(2, "lxc.network.flags = up\n") "# end\n");
	/* hwaddr is kept, tag goes, ip6 comes in its place */
	set(f, "net1", "ip6=auto,name=eth1");
	unset(f, "net2");
	check_text(f, "# head\n# network config\n# first\n# mine\n"
		      "lxc.network.type = veth\n"
		      "lxc.network.hwaddr = 02:00:00:00:00:01\n"
		      "pve.network.ip6 = auto\n"
		      "lxc.network.name = eth1\n"
		      "lxc.network.veth.pair = veth105.1\n"
		      "# second\n# end\n");
	unset(f, "net1");
	check_text(f, "# head\n# network config\n# first\n# mine\nlxc.network.type = empty\n"
		      "# second\n# end\n");
	set(f, "net31", "name=e");
	c = conf_values(f);
	assert_int_equal(c->nets[0].index, 31);
	assert_true(hwaddr_valid(c->nets[0].hwaddr));
	assert_true(strchr("26AE", c->nets[0].hwaddr[1]) != NULL);
	conf_free(f);
}

/* The spelling of LXC 3. */
static void test_lxc3(void **state)
{
	struct conf_file *f = parse("lxc.net.1.name = b\nlxc.net.0.type = veth\n"
				    "pve.network.ip = dhcp\nlxc.net.1.type = veth\n"
				    "pve.network.bridge = br1\nlxc.tty.max = 1\n"
				    "lxc.id_map = u 0 100000 65536\nlxc.limit.nofile = 5\n");
	const struct conf *c = conf_values(f);
	const struct conf_line *lines;
	size_t n;

	(void)state;
	assert_int_equal(c->n_nets, 2);
	assert_string_equal(c->nets[0].name, "eth0");
	assert_int_equal(c->nets[0].ip4.method, IP_DHCP);
	assert_null(c->nets[0].bridge);
	assert_string_equal(c->nets[1].bridge, "br1");
	assert_string_equal(c->nets[1].name, "b");
	assert_int_equal(c->tty, 1);
	assert_string_equal(c->idmap[0], "u 0 100000 65536");
	n = conf_lines(f, &lines);
	assert_int_equal(n, 8);
	assert_string_equal(lines[0].name, "lxc.net.1.name");
	assert_string_equal(lines[5].name, "lxc.tty.max");
	assert_string_equal(lines[6].name, "lxc.idmap");
	assert_string_equal(lines[7].name, "lxc.prlimit.nofile");
	assert_string_equal(lines[7].spelt, "lxc.limit.nofile");
	set(f, "net1", "name=b,bridge=br2,mtu=1400,hwaddr=02:00:00:00:00:01");
	check_text(f, "lxc.net.1.name = b\nlxc.net.0.type = veth\n"
		      "pve.network.ip = dhcp\nlxc.net.1.type = veth\n"
		      "pve.network.bridge = br2\nlxc.net.1.hwaddr = 02:00:00:00:00:01\n"
		      "lxc.net.1.mtu = 1400\nlxc.tty.max = 1\n"
		      "lxc.id_map = u 0 100000 65536\nlxc.limit.nofile = 5\n");
	conf_free(f);
}

/* The lines of a map are one option. */
static void test_idmap(void **state)
{
	struct conf_file *f = parse("# c\nlxc.include = /x\nlxc.id_map = u 0 1 2\nlxc.tty = 1\n"
				    "lxc.idmap = g 0 3 4\npve.unprivileged = 1\n");
	autofree char *value = conf_get(f, "idmap");
	struct err e = { 0 };

	(void)state;
	assert_string_equal(value, "u 0 1 2;g 0 3 4");
	set(f, "idmap", "b  0 200000 65536; u 70000 5 1");
	check_text(f, "# c\nlxc.include = /x\nlxc.idmap = u 0 200000 65536\n"
		      "lxc.idmap = g 0 200000 65536\nlxc.idmap = u 70000 5 1\nlxc.tty = 1\n"
		      "pve.unprivileged = 1\n");
	assert_true(conf_values(f)->mapped && conf_values(f)->unprivileged);
	set(f, "idmap", "shared");
	check_text(f, "# c\nlxc.include = /x\nlxc.tty = 1\npve.unprivileged = 1\n");
	set(f, "idmap", "u 0 0 1;g 0 1 1");
	check_text(f, "# c\nlxc.include = /x\nlxc.idmap = u 0 0 1\nlxc.idmap = g 0 1 1\n"
		      "lxc.tty = 1\npve.unprivileged = 1\n");
	assert_true(conf_values(f)->mapped && !conf_values(f)->unprivileged);
	for (const char *const *bad = (const char *const[]){ "auto", "", ";", "u 0 1", "x 0 1 1",
							      "u 0 1 1;u", NULL }; *bad; bad++) {
		assert_true(conf_set(f, "idmap", *bad, &e) < 0);
		assert_string_equal(e.object, "idmap");
	}
	assert_int_equal(strv_len(conf_values(f)->idmap), 2);
	assert_int_equal(conf_unset(f, "idmap", &e), 0);
	assert_null(conf_values(f)->idmap);
	conf_free(f);
}

static void test_bad_files(void **state)
{
	static const char *const bad[][3] = {
		{ "\nlxc.utsname = a_b\n", "F:2: lxc.utsname", "is not a host name: \"a_b\"" },
		{ "lxc.uts.name = a\nlxc.utsname = b\n", "F:2: lxc.utsname",
		  "given twice, first in line 1" },
		{ "pve.onboot = 1\nnet0: name=eth0\n", "F:2",
		  "is not KEY = VALUE: \"net0: name=eth0\"" },
		{ "pve.comment = a\001\n", "F:1: pve.comment",
		  "control character in value \"a?\" (U+0001)" },
		{ "pve.comment = a\tb\n", "F:1: pve.comment",
		  "control character in value \"a?b\" (U+0009)" },
		{ "pve.comment = a\342\200\256b\n", "F:1: pve.comment",
		  "control character in value \"a?b\" (U+202E)" },
		{ "lxc.environment = A=\302\205\n", "F:1: lxc.environment",
		  "control character in value \"A=?\" (U+0085)" },
		{ "snap.pve.snapname = a\nsnap.lxc.environment = A=\342\200\250\n",
		  "F:2: lxc.environment", "control character in value \"A=?\" (U+2028)" },
		{ NET(0, "pve.network.ip = 10.0.0.300/24\n"), "F:2: pve.network.ip",
		  "bad address \"10.0.0.300/24\"" },
		{ NET(0, "pve.network.gw = fe80::1\n"), "F:2: pve.network.gw",
		  "is not an IPv4 address: \"fe80::1\"" },
		{ NET(0, "pve.network.gateway = 1\n"), "F:2: pve.network.gateway",
		  "unknown network key" },
		{ NET(0, "lxc.network.link = br0\n"), "F:2: lxc.network.link",
		  "unknown network key; the key of the bridge is pve.network.bridge" },
		{ NET(0, "") NET(0, ""), "F:4: lxc.network.type", "net0 is given twice" },
		{ NET(0, "") "lxc.network.name = x\n", "F:4: lxc.network.name",
		  "given twice for one network" },
		{ "pve.network.ip = dhcp\n", "F:1: pve.network.ip",
		  "comes before any lxc.network.type" },
		{ "lxc.network.type = macvlan\n", "F:1: lxc.network.type",
		  "is not veth or empty: \"macvlan\"" },
		{ "lxc.network.type = veth\nlxc.network.veth.pair = veth106.0\n",
		  "F:2: lxc.network.veth.pair", "does not belong to container 105: \"veth106.0\"" },
		{ "lxc.network.type = veth\n", "F:1: lxc.network.type",
		  "lxc.network.veth.pair is missing, which contains N of netN" },
		{ LIMITS(2, 1), "F:2: lxc.cgroup.memory.memsw.limit_in_bytes",
		  "is the limit of memory and swap, but is less than "
		  "lxc.cgroup.memory.limit_in_bytes" },
		{ "pve.features = nesting\n", "F:1: pve.features",
		  "is not FEATURE=VALUE: \"nesting\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct conf_file *f = NULL;
		struct err e = { 0 };

		assert_int_equal(conf_parse(bad[i][0], strlen(bad[i][0]), "F", 105, &f, &e),
				 -EINVAL);
		assert_string_equal(e.object, bad[i][1]);
		assert_int_equal(e.line, strtoul(bad[i][1] + strlen("F:"), NULL, 10));
		assert_string_equal(e.cause, bad[i][2]);
		assert_null(f);
	}
}

static void test_bad_values(void **state)
{
	static const char *const bad[][3] = {
		{ "memory", "15", "is not a number of MiB, 0 or from 16 to 1073741824: \"15\"" },
		{ "memory", "1g", "is not a number of MiB, 0 or from 16 to 1073741824: \"1g\"" },
		{ "cpulimit", "1.", "is not a number of CPUs, 0 or from 0.01 to 8192: \"1.\"" },
		{ "hostname", "-x", "is not a host name: \"-x\"" },
		{ "hostname", "a\nlxc.hook.start = /bin/sh", "control character in value "
		  "\"a?lxc.hook.start = /bin/sh\" (U+000A)" },
		{ "tags", "a\342\201\246b", "control character in value \"a?b\" (U+2066)" },
		{ "tty", "7", "is not a number from 0 to 6: \"7\"" },
		{ "onboot", "maybe", "is not 0 or 1: \"maybe\"" },
		{ "nameserver", "1.1.1.1,x", "bad address \"x\"" },
		{ "nameserver", "1.1.1.1%eth0", "bad address \"1.1.1.1%eth0\"" },
		{ "searchdomain", "a..b", "bad domain \"a..b\"" },
		{ "timezone", "../x", "is not a time zone: \"../x\"" },
		{ "startup", "up=x", "is not [order=]N,up=SECONDS,down=SECONDS: \"up=x\"" },
		{ "tags", "a/b", "bad tag \"a/b\"" },
		{ "ostype", "../x", "is not a name of a-z, 0-9, - and _: \"../x\"" },
		{ "net0", "bridge=vmbr0", "name is missing, as in name=eth0: \"bridge=vmbr0\"" },
		{ "net0", "name=eth0,speed=1", "unknown key \"speed\"" },
		{ "net0", "name=eth0,veth.pair=x", "unknown key \"veth.pair\"" },
		{ "net0", "name=eth0,name=eth1", "name is given twice" },
		{ "net0", "eth0", "is not KEY=VALUE: \"eth0\"" },
		{ "net0", "name=eth0123456789012",
		  "name: interface name is longer than 15 characters \"eth0123456789012\"" },
		{ "net0", "name=..", "name: is not an interface name: \"..\"" },
		{ "net0", "name=a/b", "name: bad character in interface name \"a/b\"" },
		{ "net0", "name=eth0,ip=10.0.0.300/24", "ip: bad address \"10.0.0.300/24\"" },
		{ "net0", "name=eth0,ip=10.0.0.3/7", "ip: prefix is shorter than 8 bits: "
		  "\"10.0.0.3/7\"" },
		{ "net0", "name=eth0,ip=auto", "ip: address without /PREFIX \"auto\"" },
		{ "net0", "name=eth0,gw6=10.0.0.1", "gw6: is not an IPv6 address: \"10.0.0.1\"" },
		{ "net0", "name=eth0,mtu=63", "mtu: is not a number from 64 to 65535: \"63\"" },
		{ "net0", "name=eth0,tag=4095", "tag: is not a number from 1 to 4094: \"4095\"" },
		{ "net0", "name=eth0,hwaddr=01:00:00:00:00:01",
		  "hwaddr: is not a unicast MAC address: \"01:00:00:00:00:01\"" },
		{ "net1", "name=eth5", "net1 and net5 are both named \"eth5\"" },
		{ "net32", "name=x", "unknown option" },
		{ "lock", "x", "cannot be set by a user" },
	};
	struct conf_file *f = parse("lxc.utsname = a\n" NET(5, ""));

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = { 0 };

		assert_true(conf_set(f, bad[i][0], bad[i][1], &e) < 0);
		assert_string_equal(e.object, bad[i][0]);
		assert_string_equal(e.cause, bad[i][2]);
		check_text(f, "lxc.utsname = a\n" NET(5, ""));
	}
	conf_free(f);
}

static void test_description(void **state)
{
	struct conf_file *f = parse("");

	(void)state;
	set(f, "description", " 100%: a\nb\303\244 ");
	check_text(f, "pve.comment = %20100%25%3A a%0Ab%C3%A4%20\n");
	assert_string_equal(conf_values(f)->description, " 100%: a\nb\303\244 ");
	conf_free(f);
	f = parse("pve.comment = 100% sure, 5%2x\n");
	assert_string_equal(conf_values(f)->description, "100% sure, 5%2x");
	conf_free(f);
}

/*
 * Whatever a config is, it is read or refused, comes back to the byte, and an edit leaves what can
 * be read again, or nothing changed.
 */
static void check_mutant(const char *text, size_t len, unsigned turn)
{
	static const char *const edits[][2] = {
		{ "memory", "512" }, { "memory", NULL },   { "swap", "0" },   { "hostname", "h" },
		{ "net0", NULL },    { "net0", "name=q" }, { "net1", "name=r,ip=dhcp" },
		{ "cpulimit", "1" }, { "description", "x" },
	};
	const char *const *edit = edits[turn % ARRAY_SIZE(edits)];
	autofree char *before = NULL, *after = NULL;
	struct conf_file *f = NULL, *again = NULL;
	struct err e = { 0 };
	int r;

	if (conf_parse(text, len, "F", 105, &f, &e) < 0)
		return;
	before = conf_text(f);
	assert_int_equal(strlen(before), len);
	assert_memory_equal(before, text, len);
	r = edit[1] ? conf_set(f, edit[0], edit[1], &e) : conf_unset(f, edit[0], &e);
	after = conf_text(f);
	if (r < 0)
		assert_string_equal(after, before);
	assert_int_equal(conf_parse(after, strlen(after), "F", 105, &again, &e), 0);
	conf_free(again);
	conf_free(f);
}

static void test_mutants(void **state)
{
	static const char lines[] = LIMITS(16777216, 16777216) NET(1, "lxc.network.flags = up\n");
	static const char bytes[] = "\n\r= #.\t\0\x80x0";
	autofree char *whole = xasprintf("%s%s\nsnap.lxc.tty = 1", example, lines);
	size_t len = strlen(whole);

	(void)state;
	for (unsigned turn = 0; turn < 20 * len; turn++) {
		autofree char *text = xstrndup(whole, len);
		size_t at = turn % len, n = len;

		if (turn / len % 3 == 0) {
			memmove(text + at, text + at + 1, n - at);
			n--;
		} else if (turn / len % 3 == 1) {
			text[at] = bytes[turn / len % (sizeof bytes - 1)];
		} else {
			n = at;
		}
		check_mutant(text, n, turn);
	}
}

/* Each row can be found by its name, and nothing else can. */
static void test_table(void **state)
{
	(void)state;
	for (const struct conf_option *o = conf_options; o->name; o++) {
		if (!conf_option_is_numbered(o))
			assert_ptr_equal(conf_option_find(o->name), o);
		assert_non_null(o->help);
		assert_non_null(o->arg);
		assert_non_null(o->type);
	}
	assert_string_equal(conf_option_find("net31")->name, "netN");
	assert_null(conf_option_find("net32"));
	assert_null(conf_option_find("net01"));
	assert_null(conf_option_find("netN"));
	assert_null(conf_option_find("net"));
	assert_string_equal(conf_option_find("mp255")->name, "mpN");
	assert_null(conf_option_find("mp256"));
	assert_string_equal(conf_option_find("dev0")->name, "devN");
	assert_string_equal(conf_option_find("unused7")->name, "unusedN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),     cmocka_unit_test(test_create),
		cmocka_unit_test(test_no_net),      cmocka_unit_test(test_memory),
		cmocka_unit_test(test_cpu),         cmocka_unit_test(test_lossless),
		cmocka_unit_test(test_net_edit),    cmocka_unit_test(test_lxc3),
		cmocka_unit_test(test_idmap),
		cmocka_unit_test(test_bad_files),   cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_description), cmocka_unit_test(test_table),
		cmocka_unit_test(test_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
