/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configs in the format of Proxmox VE 4 and later. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"
#include "tests/unit/conf-text.h"

static const char whole[] =
	"#my notes%3A a\n"
	"#second line\n"
	"arch: amd64\n"
	"cores: 2\n"
	"cpulimit: 1.5\n"
	"cpuunits: 200\n"
	"features: nesting=1,keyctl=1,fuse=0,mount=nfs;cifs\n"
	"hostname: ct1\n"
	"hookscript: local:snippets/x.pl\n"
	"lock: snapshot-delete\n"
	"memory: 1024\n"
	"mp0: local-lvm:vm-105-disk-1,mp=/data,size=8G\n"
	"nameserver: 1.1.1.1 2.2.2.2\n"
	"net0: name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,hwaddr=86:5D:0B:28:E6:23,"
	"ip=10.0.0.5/24,ip6=auto,type=veth\n"
	"net3: name=eth3,bridge=vmbr1,firewall=0\n"
	"onboot: 0\n"
	"ostype: debian\n"
	"parent: s1\n"
	"rootfs: local:105/vm-105-disk-0.raw,acl=1,quota=0,size=1536M\n"
	"swap: 256\n"
	"tags: a;b\n"
	"template: 1\n"
	"tty: 3\n"
	"unprivileged: 1\n"
	"unused0: local-lvm:vm-105-disk-7\n"
	"what: ever\n"
	"lxc.apparmor.profile: unconfined\n"
	"lxc.cap.drop =\n"
	"lxc.idmap = u 0 100000 65536\n"
	"lxc.idmap: g 0 100000 65536\n"
	"lxc.net.0.mtu: 9000\n"
	"lxc.cgroup2.memory.max: 1G\n"
	"lxc.tty.max: 4\n"
	"lxc.rootfs.path: /x\n"
	"lxc.kmsg: 1\n"
	"lxc.environment.runtime: A=b\n"
	"\n"
	"[pve:pending]\n"
	"memory: 2048\n"
	"searchdomain: ex.org\n"
	"delete: tags,!nix\n"
	"\n"
	"[s1]\n"
	"#a snapshot\n"
	"hostname: old_name\n"
	"memory: 512\n"
	"net0: name=eth0,bridge=vmbr9\n"
	"rootfs: local:105/vm-105-disk-0.raw,size=8G\n"
	"snaptime: 1700000000\n";

static const char converted[] =
	"# lxc config for container 105\n"
	"lxc.apparmor.profile = unconfined\n"
	"lxc.cap.drop =\n"
	"lxc.idmap = u 0 100000 65536\n"
	"lxc.idmap = g 0 100000 65536\n"
	"lxc.environment = A=b\n"
	"lxc.cgroup.cpu.cfs_period_us = 100000\n"
	"lxc.cgroup.cpu.cfs_quota_us = 150000\n"
	"lxc.cgroup.memory.limit_in_bytes = 1073741824\n"
	"lxc.cgroup.memory.memsw.limit_in_bytes = 1342177280\n"
	"lxc.cgroup2.cpu.weight = 200\n"
	"lxc.tty = 4\n"
	"lxc.utsname = ct1\n"
	"pve.comment = my notes%3A a%0Asecond line\n"
	"pve.cores = 2\n"
	"pve.disksize = 1.5\n"
	"pve.features = nesting=1,keyctl=1,fuse=0,mount=nfs;cifs\n"
	"pve.hookscript = local:snippets/x.pl\n"
	"pve.lock = snapshot-delete\n"
	"pve.mp0 = local-lvm:vm-105-disk-1,mp=/data,size=8G\n"
	"pve.nameserver = 1.1.1.1 2.2.2.2\n"
	"pve.ostype = debian\n"
	"pve.parent = s1\n"
	"pve.rootfs = acl=1,quota=0\n"
	"pve.template = 1\n"
	"pve.unprivileged = 1\n"
	"pve.unused0 = local-lvm:vm-105-disk-7\n"
	"pve.volid = local:105/vm-105-disk-0.raw\n"
	"# network config\n"
	"lxc.network.type = veth\n"
	"pve.network.bridge = vmbr0\n"
	"pve.network.firewall = 1\n"
	"pve.network.gw = 10.0.0.1\n"
	"lxc.network.hwaddr = 86:5D:0B:28:E6:23\n"
	"pve.network.ip = 10.0.0.5/24\n"
	"pve.network.ip6 = auto\n"
	"lxc.network.name = eth0\n"
	"lxc.network.veth.pair = veth105.0\n"
	"lxc.network.type = veth\n"
	"pve.network.bridge = vmbr1\n"
	"lxc.network.name = eth3\n"
	"lxc.network.veth.pair = veth105.3\n"
	"pending.memory = 2048\n"
	"pending.searchdomain = ex.org\n"
	"\n"
	"snap.pve.snapname = s1\n"
	"snap.lxc.cgroup.memory.limit_in_bytes = 536870912\n"
	"snap.lxc.cgroup.memory.memsw.limit_in_bytes = 536870912\n"
	"snap.pve.snapcomment = a snapshot\n"
	"snap.pve.disksize = 8\n"
	"snap.pve.snaptime = 1700000000\n"
	"snap.pve.volid = local:105/vm-105-disk-0.raw\n"
	"snap.lxc.network.type = veth\n"
	"snap.pve.network.bridge = vmbr9\n"
	"snap.lxc.network.name = eth0\n"
	"snap.lxc.network.veth.pair = veth105.0\n";

#define OWN_PROFILE \
	"mount=nfs;cifs does not change lxc.apparmor.profile, which decides what can be mounted"

static const char findings[] =
	"7 features: " OWN_PROFILE "\n"
	"26 what: unknown key, which has no effect\n"
	"31 lxc.net.0.mtu: has no effect: netN describes a network\n"
	"32 lxc.cgroup2.memory.max: has no effect: use memory, swap, cpulimit and cpuunits\n"
	"34 lxc.rootfs.path: has no effect: rootfs names the root file system\n"
	"35 lxc.kmsg: liblxc no longer has this key\n"
	"41 nix: is marked for deletion but is not set\n"
	"45 hostname: is not a host name: \"old_name\"\n";

/* What a check tells besides: what it gives the container. */
static const char checked[] =
	"+7 features: lets the container mount file systems from its own images, which the host's "
	"kernel parses; " OWN_PROFILE "\n"
	"+7 features: lets the container mount /proc and /sys unmasked, for nested containers\n"
	"+9 hookscript: runs \"local:snippets/x.pl\" as root on the host at each start and stop\n"
	"26 what: unknown key, which has no effect\n"
	"+27 lxc.apparmor.profile: lets the container run without an AppArmor profile\n"
	"31 lxc.net.0.mtu: has no effect: netN describes a network\n"
	"32 lxc.cgroup2.memory.max: has no effect: use memory, swap, cpulimit and cpuunits\n"
	"+34 lxc.rootfs.path: gives the container \"/x\" of the host as its root; has no "
	"effect: rootfs names the root file system\n35 lxc.kmsg: liblxc no longer has this key\n"
	"41 nix: is marked for deletion but is not set\n"
	"45 hostname: is not a host name: \"old_name\"\n";

/* One a line; what is an error has a '!', what gives the container something a '+'. */
static char *findings_text(const struct conf_findings *list)
{
	static const char *const marks[CONF_LEVELS] = { "", "!", "+" };
	struct buf out = BUF_INIT;

	buf_str(&out);
	for (size_t i = 0; i < list->n; i++)
		buf_addf(&out, "%s%u %s%s%s\n", marks[list->v[i].level], list->v[i].line,
			 list->v[i].key, *list->v[i].key ? ": " : "", list->v[i].text);
	return buf_detach(&out);
}

static void check_conversion(const char *text, const char *expected, const char *expected_findings)
{
	struct conf_file *f = parse(text);
	autofree char *found = findings_text(conf_findings(f));

	assert_string_equal(f->text, expected);
	if (expected_findings)
		assert_string_equal(found, expected_findings);
	conf_free(f);
}

static void test_whole(void **state)
{
	autofree char *crlf = NULL;
	struct buf b = BUF_INIT;

	(void)state;
	check_conversion(whole, converted, findings);
	for (const char *at = whole; *at; at++)
		buf_addf(&b, "%s%c", *at == '\n' ? " \t\r" : "", *at);
	crlf = buf_detach(&b);
	check_conversion(crlf, converted, findings);
	/* What was converted is a config like any other. */
	check_conversion(converted, converted, "");
}

#define HEAD "# lxc config for container 105\n"
#define LIMIT(m, s)                                                                                \
	"lxc.cgroup.memory.limit_in_bytes = " #m "\n"                                              \
	"lxc.cgroup.memory.memsw.limit_in_bytes = " #s "\n"
#define NO_NET "# network config\nlxc.network.type = empty\n"

/* What absence means there is said here. */
static void test_absent(void **state)
{
	(void)state;
	check_conversion("ostype: alpine\n", HEAD LIMIT(536870912, 536870912)
			 "pve.ostype = alpine\n" NO_NET, "");
	check_conversion("#x\n\n[s1]\nonboot: 1\n", HEAD LIMIT(536870912, 536870912)
			 "pve.comment = x\n" NO_NET
			 "\nsnap.pve.snapname = s1\nsnap." "lxc.cgroup.memory.limit_in_bytes = "
			 "536870912\nsnap.lxc.cgroup.memory.memsw.limit_in_bytes = 536870912\n"
			 "snap.pve.onboot = 1\nsnap.lxc.network.type = empty\n", "");
	check_conversion("swap: 0\nmemory: 16\nonboot: off\ncpuunits: 100\ncmode: tty\nconsole: 1\n"
			 "debug: 0\ndescription: a%0Ab", HEAD LIMIT(16777216, 16777216)
			 "pve.cmode = tty\npve.comment = a%0Ab\n" NO_NET,
			 "5 cmode: is kept, but the console is always a terminal\n");
	check_conversion("lxc.utsname: a\nhostname: b\nlxc.init.cmd: /x\nentrypoint: /y\n"
			 "console: 0\ndebug: 1\ncpuunits: 20000\nrootfs: /dev/sda1,size=0T\n",
			 HEAD LIMIT(536870912, 536870912) "lxc.cgroup2.cpu.weight = 10000\n"
			 "lxc.init.cmd = /x\nlxc.utsname = a\npve.disksize = 0\n"
			 "pve.rootfs = /dev/sda1\n" NO_NET,
			 "5 console: has no effect: there is always a console\n"
			 "6 debug: has no effect\n"
			 "7 cpuunits: is more than 10000, and becomes 10000\n"
			 "8 rootfs: is kept, but a device or folder of the host cannot be the root "
			 "file system yet\n");
}

static void test_format(void **state)
{
	static const char *const old[] = { "", "# a: b\n", "\n \n# x\npve.x = a: b\nc: d\n",
					   "lxc.utsname = a\n", "lxc.tty=1\n", "  \t" };
	static const char *const new[] = { "a: b", "#x\r\n\r\nmemory: 16\n", "[aa]\n",
					   " lxc.tty.max: 1\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		struct conf_file *f = NULL;
		struct err e;

		/* One of them is an error of the old format. */
		if (conf_parse(old[i], strlen(old[i]), "F", 105, &f, &e) == 0)
			check_conversion(old[i], old[i], "");
		else
			assert_string_equal(e.cause, "is not KEY = VALUE: \"c: d\"");
		conf_free(f);
	}
	for (size_t i = 0; i < ARRAY_SIZE(new); i++) {
		struct conf_file *f = parse(new[i]);

		assert_non_null(str_after(f->text, HEAD));
		conf_free(f);
	}
}

static void test_bad(void **state)
{
	static const char *const bad[][3] = {
		{ "memory: 16\nhostname: a_b\n", "F:2: hostname", "is not a host name: \"a_b\"" },
		{ "memory: x\n", "F:1: memory",
		  "is not a number of MiB, 0 or from 16 to 1073741824: \"x\"" },
		{ "tty: 1\ntty: 2\n", "F:2: tty", "given twice, first in line 1" },
		{ "tty: 1\ntty 2\n", "F:2", "is not KEY: VALUE: \"tty 2\"" },
		{ "tty: 1\ntty = 2\n", "F:2", "is not KEY: VALUE: \"tty = 2\"" },
		{ "tty: 1\nTty: 2\n", "F:2", "is not KEY: VALUE: \"Tty: 2\"" },
		{ "tty: 1\na-b: 2\n", "F:2", "is not KEY: VALUE: \"a-b: 2\"" },
		{ "tty: \n", "F:1: tty", "has no value" },
		{ "tty: 1\n[s]\n", "F:2", "is not a section: \"[s]\"" },
		{ "tty: 1\n[s1] x\n", "F:2", "is not a section: \"[s1] x\"" },
		{ "tty: 1\n[a:b]\n", "F:2", "is not a section: \"[a:b]\"" },
		{ "[s1]\n[S1]\n", "F:2: S1", "section is given twice" },
		{ "net0: name=eth0,ip=10.0.0.300/24\n", "F:1: net0",
		  "ip: bad address \"10.0.0.300/24\"" },
		{ "net0: name=eth0\nnet1: name=eth0\n", "F:2: net1",
		  "net0 and net1 are both named \"eth0\"" },
		{ "rootfs: local:105/x,size=big\n", "F:1: rootfs", "is not a size: \"big\"" },
		{ "rootfs: x\n", "F:1: rootfs", "is not STORAGE:VOLUME: \"x\"" },
		{ "features: nesting\n", "F:1: features", "is not FEATURE=VALUE: \"nesting\"" },
		{ "tty: 1\nlxc.cap.keep: x\nlxc.idmap: x\n", "F:3: lxc.idmap",
		  "is not u|g INSIDE OUTSIDE COUNT: \"x\"" },
		{ "tty: 1\nlxc.tty.max: 9\n", "F:2: lxc.tty.max",
		  "is not a number from 0 to 6: \"9\"" },
		{ "hostname: a\rb\n", "F:1", "control character in \"hostname: a?b\"" },
		{ "lxc.cap.keep: a\033b\n", "F:1", "control character in \"lxc.cap.keep: a?b\"" },
		{ "tty: 1\n#a\001b\n", "F:2", "control character in \"#a?b\"" },
		{ "#a%00b\ntty: 1\n", "F:1: description", "encodes a NUL byte" },
		{ "hostname: a\tb\n", "F:1: hostname",
		  "control character in value \"a?b\" (U+0009)" },
		{ "hostname: a\342\200\256b\n", "F:1: hostname",
		  "control character in value \"a?b\" (U+202E)" },
		{ "lxc.environment: A=\302\205\n", "F:1: lxc.environment",
		  "control character in value \"A=?\" (U+0085)" },
		{ "net0: name=a\tb\n", "F:1: net0",
		  "control character in value \"name=a?b\" (U+0009)" },
		{ "mp0: a\tb\n", "F:1: mp0", "control character in value \"a?b\" (U+0009)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct conf_file *f = NULL;
		struct err e = { 0 };

		if (conf_parse(bad[i][0], strlen(bad[i][0]), "F", 105, &f, &e) == 0)
			fail_msg("is not refused: %s", bad[i][0]);
		assert_string_equal(e.object, bad[i][1]);
		assert_string_equal(e.cause, bad[i][2]);
		assert_null(f);
	}
}

static void check_findings(const char *text, size_t len, const char *expected)
{
	struct conf_findings list;
	autofree char *found = NULL;

	conf_check(text, len, 105, &list);
	found = findings_text(&list);
	assert_string_equal(found, expected);
	conf_findings_done(&list);
}

static void test_check(void **state)
{
	static const char old[] = "lxc.utsname = a_b\n"
				  "pve.mp3 = x\n"
				  "pve.mpx = y\n"
				  "what = ever\n"
				  "lxc.kmsg = 1\n"
				  "lxc.network.type = macvlan\n"
				  "lxc.network.link = eth0\n"
				  "pve.network.ip = dhcp\n"
				  "lxc.network.type = veth\n"
				  "lxc.network.veth.pair = veth105.1\n"
				  "pve.network.tag = 5\n"
				  "pve.network.firewall = 0\n"
				  "pve.network.ip = 10.0.0.300/24\n"
				  "pve.onboot = 1\n"
				  "\n"
				  "snap.pve.snapname = s\n"
				  "snap.pve.mp0 = s\n";

	(void)state;
	check_findings(whole, strlen(whole), checked);
	check_findings("unprivileged: 1\n", 16, "");
	check_findings("a\0b", 3, "!0 holds a NUL byte\n");
	check_findings("tty: 9\nx\nunprivileged: 1\n", 25,
		       "!1 tty: is not a number from 0 to 6: \"9\"\n"
		       "!2 is not KEY: VALUE: \"x\"\n");
	check_findings("unprivileged: 1\n[pve:pending]\nmp0: x\n", 37,
		       "!3 mp0: is not STORAGE:VOLUME: \"x\"\n");
	check_findings("[pve:pending]\nmp0: a:x,mp=/x\ntty: 7\n", 36,
		       "+0 unprivileged: runs the container's root as root of the host, "
		       "which LXC calls unsafe\n"
		       "!3 tty: is not a number from 0 to 6: \"7\"\n");
	/* Which format it is shows only when the first line is gone. */
	check_findings("127.0.0.1 a\n::1 b\n", 18,
		       "+0 pve.unprivileged: runs the container's root as root of the host, "
		       "which LXC calls unsafe\n"
		       "!1 is not KEY = VALUE: \"127.0.0.1 a\"\n"
		       "!2 is not KEY: VALUE: \"::1 b\"\n");
	check_findings(old, strlen(old),
		       "+0 pve.unprivileged: runs the container's root as root of the host, "
		       "which LXC calls unsafe\n"
		       "!1 lxc.utsname: is not a host name: \"a_b\"\n"
		       "!2 pve.mp3: is not STORAGE:VOLUME: \"x\"\n"
		       "3 pve.mpx: unknown key, which has no effect\n"
		       "4 what: unknown key, which has no effect\n"
		       "5 lxc.kmsg: liblxc no longer has this key\n"
		       "!6 lxc.network.type: is not veth or empty: \"macvlan\"\n"
		       "!13 pve.network.ip: bad address \"10.0.0.300/24\"\n");
}

/* However many lines there are, and whatever is in them, it ends soon, and with few findings. */
static void test_size(void **state)
{
	static const char *const lines[] = { "a: b\n", "lxc.tty: 1\n", "lxc.idmap: u 0 1 1\n",
					     "[ab]\n", "mp1: x\n", "[pve:pending]\ndelete: b\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		autobuf text = BUF_INIT;
		struct conf_findings list;

		while (text.len + 64 < CONF_MAX_SIZE)
			buf_add(&text, lines[i]);
		conf_check(text.s, text.len, 105, &list);
		assert_true(list.of[CONF_ERROR]);
		assert_in_range(list.n, 1, 603);
		conf_findings_done(&list);
	}
}

static void test_mutants(void **state)
{
	static const char bytes[] = "\n\r= #.\t\x80x0:[]%";
	size_t len = strlen(whole);

	(void)state;
	for (unsigned turn = 0; turn < 8 * len; turn += 3) {
		autofree char *text = xstrndup(whole, len), *now = NULL;
		size_t at = turn % len, n = len;
		struct conf_file *f = NULL, *again = NULL;
		struct err e;

		if (turn / len % 4 == 0) {
			memmove(text + at, text + at + 1, n - at);
			n--;
		} else if (turn / len % 4 == 1) {
			n = at;
		} else {
			text[at] = bytes[turn % (sizeof bytes - 1)];
		}
		if (conf_parse(text, n, "F", 105, &f, &e) < 0)
			continue;
		now = conf_text(f);
		assert_int_equal(conf_parse(now, strlen(now), "F", 105, &again, &e), 0);
		conf_free(again);
		conf_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),  cmocka_unit_test(test_absent),
		cmocka_unit_test(test_format), cmocka_unit_test(test_bad),
		cmocka_unit_test(test_check),  cmocka_unit_test(test_size),
		cmocka_unit_test(test_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
