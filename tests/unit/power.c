/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a config gives its container of the host's: each line of the table, and how it may be told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

static char dir[] = "/tmp/pct-power-XXXXXX";

/* What a config gives, a line each; NULL: nothing. */
static char *given(const char *text)
{
	struct conf_findings list;
	autobuf out = BUF_INIT;

	conf_check(text, strlen(text), 105, &list);
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].level == CONF_POWER)
			buf_addf(&out, "%u %s: %s\n", list.v[i].line, list.v[i].key,
				 list.v[i].text);
	conf_findings_done(&list);
	return out.len ? buf_detach(&out) : NULL;
}

static void check(const char *text, const char *expected)
{
	autofree char *now = given(text);

	if (!str_eq(now, expected))
		fail_msg("of %s\ngives %s\nnot %s", text, now ? now : "nothing",
			 expected ? expected : "nothing");
}

/* Of an unprivileged container, and one that is not: what the line gives; NULL: nothing. */
struct row {
	const char *line, *mapped, *privileged;
};
#define SAME(line, text)                                                                           \
	{                                                                                          \
		line, text, text                                                                   \
	}

static void check_row(const struct row *row)
{
	size_t n = strcspn(row->line, " =");
	autofree char *key = xstrndup(row->line, n);
	autofree char *mapped = xasprintf("pve.unprivileged = 1\n%s\n", row->line);
	autofree char *privileged = xasprintf("pve.unprivileged = 0\n%s\n", row->line);
	autofree char *first = row->mapped ? xasprintf("2 %s: %s\n", key, row->mapped) : NULL;
	autofree char *second = xasprintf(
		"1 pve.unprivileged: runs the container's root as root of the host, which LXC "
		"calls unsafe\n%s%s%s%s%s",
		row->privileged ? "2 " : "", row->privileged ? key : "",
		row->privileged ? ": " : "", row->privileged ? row->privileged : "",
		row->privileged ? "\n" : "");

	check(mapped, first);
	/* With an id map it is unprivileged, whatever else is said. */
	if (!str_after(row->line, "lxc.id"))
		check(privileged, second);
}

#define RUNS(when) "runs \"/x y\" as root on the host " when
#define BESIDE "runs \"/x y\" as root of the container with access to the host's files"


static void hooks(void **state)
{
	static const struct row rows[] = {
		SAME("lxc.hook.pre-start = /x y", RUNS("before each start")),
		{ "lxc.hook.pre-mount = /x y", BESIDE, RUNS("at each start") },
		{ "lxc.hook.mount = /x y", BESIDE, RUNS("at each start") },
		{ "lxc.hook.autodev = /x y", BESIDE, RUNS("at each start") },
		SAME("lxc.hook.start-host = /x y", RUNS("at each start")),
		SAME("lxc.hook.start = /x y", NULL),
		SAME("lxc.hook.stop = /x y", RUNS("at each stop")),
		SAME("lxc.hook.post-stop = /x y", RUNS("after each stop")),
		SAME("lxc.hook.clone = /x y", RUNS("when it is copied")),
		SAME("lxc.hook.destroy = /x y", RUNS("when it is destroyed")),
		SAME("lxc.hook.version = 1", NULL),
		SAME("lxc.hook.pre-start =", NULL),
		SAME("pve.hookscript = local:snippets/x",
		     "runs \"local:snippets/x\" as root on the host at each start and stop"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
	check("pve.unprivileged = 1\nlxc.network.type = veth\nlxc.network.veth.pair = veth105.0\n"
	      "lxc.network.script.up = /x\nlxc.network.script.down = /y\n",
	      "4 lxc.network.script.up: runs \"/x\" as root on the host when its network comes up\n"
	      "5 lxc.network.script.down: runs \"/y\" as root on the host when its network goes "
	      "down\n");
	check("pve.unprivileged = 1\nlxc.net.0.type = empty\nlxc.net.0.script.up = /x\n",
	      "3 lxc.net.0.script.up: runs \"/x\" as root on the host when its network comes up\n");
}

#define ENTRY "lxc.mount.entry = "
#define NESTING "lets the container mount /proc and /sys unmasked, for nested containers"

static void mounts(void **state)
{
	static const struct row rows[] = {
		SAME(ENTRY "/ mnt none bind 0 0",
		     "gives the container write access to all files of the host"),
		SAME(ENTRY "/srv/.././/. mnt none rbind,create=dir",
		     "gives the container write access to all files of the host"),
		SAME(ENTRY "/etc etc none bind,ro 0 0",
		     "gives the container read access to \"/etc\" of the host"),
		SAME(ENTRY "/etc etc none ro,bind,rw",
		     "gives the container write access to \"/etc\" of the host"),
		SAME(ENTRY "/a\\040b mnt none bind",
		     "gives the container write access to \"/a b\" of the host"),
		SAME(ENTRY "/proc host/proc none bind",
		     "gives the container write access to \"/proc\" of the host"),
		SAME(ENTRY "/dev host none bind", "gives the container the devices of the host"),
		SAME(ENTRY "/dev/sda dev/sda none bind,create=file",
		     "gives the container the device \"/dev/sda\" of the host"),
		SAME(ENTRY "/var/run/docker.sock run/d none bind,ro",
		     "lets the container use the service of the host at \"/var/run/docker.sock\""),
		SAME(ENTRY "/srv srv none bind,rshared",
		     "lets the container's mounts reach the host, by \"/srv\"\n"
		     "2 lxc.mount.entry: gives the container write access to \"/srv\" of the host"),
		SAME(ENTRY "/dev/sdb1 mnt ext4 ro 0 0",
		     "gives the container the file system on \"/dev/sdb1\" of the host"),
		SAME(ENTRY "box:/x mnt nfs defaults 0 0",
		     "mounts \"box:/x\" of type \"nfs\" on the host"),
		SAME(ENTRY "overlay mnt overlay lowerdir=/,upperdir=/u,workdir=/w",
		     "gives the container folders of the host: "
		     "\"lowerdir=/,upperdir=/u,workdir=/w\""),
		SAME(ENTRY "none sys/kernel/debug debugfs",
		     "gives the container \"debugfs\" of the host's kernel"),
		SAME(ENTRY "proc dev/.lxc/proc proc create=dir,optional 0 0", NESTING),
		SAME(ENTRY "tmpfs tmp tmpfs nodev 0 0", NULL),
		SAME(ENTRY "dev/null proc/kcore none bind,relative 0 0", NULL),
		SAME(ENTRY "/dev/null proc/kcore none bind,relative 0 0", NULL),
		SAME("lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed", NULL),
		SAME("lxc.mount.auto = proc:rw",
		     "lets the container write to all of /proc, the settings "
		     "of the host's kernel"),
		SAME("lxc.mount.auto = proc:mixed sys:rw",
		     "lets the container write to /sys, the settings "
		     "of the host's devices"),
		SAME("lxc.mount.auto = cgroup:rw:force",
		     "lets the container change the limits of its control group"),
		SAME("lxc.mount.auto = cgroup-full:ro",
		     "gives the container read access to the host's control groups"),
		SAME("lxc.mount.auto = cgroup-full:rw:force",
		     "lets the container change the limits of the host's control groups"),
		SAME("pve.mp0 = /srv/data,mp=/data",
		     "gives the container write access to \"/srv/data\" of the host"),
		SAME("pve.mp12 = mp=/data,volume=/srv,ro=1",
		     "gives the container read access to \"/srv\" of the host"),
		SAME("pve.mp0 = local:105/x.raw,mp=/data", NULL),
		SAME("pve.mp0 = /srv,mp=/data,idmap=u:1:1:5;u:0:0:1",
		     "gives the container write access to \"/srv\" of the host, also to files of "
		     "the host's root"),
		SAME("pve.mp0 = /srv,mp=/data,idmap=u:0:1:9",
		     "gives the container write access to \"/srv\" of the host"),
		SAME("pve.dev0 = /dev/dri/card0,mode=0666",
		     "gives the container the device \"/dev/dri/card0\" of the host"),
		SAME("lxc.rootfs.path = dir:/",
		     "gives the container \"dir:/\" of the host as its root"),
		SAME("lxc.rootfs.mount = /etc",
		     "mounts the container's root file system on \"/etc\" of the host"),
		SAME("lxc.rootfs.options = bind",
		     "sets mount options of the container's root file system: \"bind\""),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

static void unrooted_mounts(void **state)
{
	static const struct row rows[] = {
		SAME(ENTRY "link mnt none bind,relative,ro 0 0",
		     "gives the container read access to targets of links and \"..\" in \"link\" "
		     "on the host"),
		SAME(ENTRY "/../../etc mnt none rbind,relative 0 0",
		     "gives the container write access to targets of links and \"..\" in "
		     "\"/../../etc\" on the host"),
		SAME(ENTRY "../../etc mnt none bind 0 0",
		     "gives the container write access to targets of links and \"..\" in "
		     "\"../../etc\" on the host"),
		SAME(ENTRY "dev/null mnt none bind 0 0",
		     "gives the container write access to targets of links and \"..\" in "
		     "\"dev/null\" on the host"),
		SAME("lxc.mount.auto = proc:mixed shmounts:/srv",
		     "gives the container write access to \"/srv\" of the host"),
		SAME("lxc.mount.auto = shmounts:/srv:/mnt",
		     "gives the container write access to \"/srv\" of the host"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

#define KEEPS "lets the container keep all capabilities: modules, the clock, the hardware"
#define DEVICES "gives the container every device of the host"

static void walls(void **state)
{
	static const struct row rows[] = {
		SAME("lxc.apparmor.profile = generated", NULL),
		SAME("lxc.aa_profile = lxc-container-default-cgns", NULL),
		SAME("lxc.aa_profile = unconfined",
		     "lets the container run without an AppArmor profile"),
		SAME("lxc.apparmor.profile = unchanged",
		     "lets the container run under the AppArmor profile of the process that starts "
		     "it"),
		SAME("lxc.apparmor.profile = lxc-container-default-with-mounting",
		     "gives the container the permissions of the AppArmor profile "
		     "\"lxc-container-default-with-mounting\""),
		SAME("lxc.aa_allow_incomplete = 1",
		     "lets the container start if AppArmor cannot restrict its mounts"),
		SAME("lxc.apparmor.allow_incomplete = 0", NULL),
		SAME("lxc.apparmor.allow_nesting = 1", NESTING),
		SAME("lxc.apparmor.raw = mount,",
		     "adds permissions to the container's AppArmor profile: \"mount,\""),
		SAME("lxc.se_context = unconfined_t",
		     "lets the container run in the SELinux context \"unconfined_t\""),
		SAME("lxc.seccomp.profile =", "lets the container make every system call"),
		SAME("lxc.seccomp = none", "lets the container make every system call"),
		SAME("lxc.seccomp.profile = /usr/share/lxc/config/common.seccomp", NULL),
		SAME("lxc.seccomp.profile = /x",
		     "lets the container make the system calls that the profile \"/x\" allows"),
		SAME("lxc.seccomp.notify.proxy = unix:/x",
		     "lets the process that listens at \"unix:/x\" make system calls for the "
		     "container"),
		{ "lxc.cap.drop =", NULL, KEEPS },
		SAME("lxc.cap.drop = sys_time", NULL),
		SAME("lxc.cap.keep =", NULL),
		SAME("lxc.cap.keep = chown kill", NULL),
		{ "lxc.cap.keep = chown sys_module", NULL,
		  "gives the container capabilities over the host: \"chown sys_module\"" },
		SAME("lxc.keyring.session = 0",
		     "gives the container the session keyring of the process that starts it"),
		SAME("lxc.keyring.session = 00",
		     "gives the container the session keyring of the process that starts it"),
		SAME("lxc.keyring.session = \" 0x0\"",
		     "gives the container the session keyring of the process that starts it"),
		SAME("lxc.keyring.session = 1", NULL),
		SAME("lxc.no_new_privs = 0", NULL),
		SAME("pve.features = nesting=1", NESTING),
		SAME("pve.features = nesting=0", NULL),
		SAME("pending.features = nesting=1", NULL),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows) - 1; i++)
		check_row(&rows[i]);
	check("pve.unprivileged = 1\npending.features = nesting=1\n", "2 pending: " NESTING "\n");
}

static void devices(void **state)
{
	static const struct row rows[] = {
		SAME("lxc.cgroup.devices.allow = a", DEVICES),
		SAME("lxc.cgroup2.devices.allow = a *:* rwm", DEVICES),
		SAME("lxc.cgroup2.devices.allow = a *:* m", NULL),
		SAME("lxc.cgroup.devices.allow = b *:* m", NULL),
		SAME("lxc.cgroup.devices.allow = c 1:3 rwm", NULL),
		SAME("lxc.cgroup.devices.allow = c 136:* rwm", NULL),
		SAME("lxc.cgroup.devices.allow = b 1:3 r",
		     "gives the container the block device \"1:3\" of the host"),
		SAME("lxc.cgroup.devices.allow = b 8:* rw",
		     "gives the container many block devices of the host: \"b 8:* rw\""),
		SAME("lxc.cgroup.devices.allow = c *:* rwm",
		     "gives the container many character devices of the host: \"c *:* rwm\""),
		SAME("lxc.cgroup2.devices.allow = c 1:1 r",
		     "gives the container the memory of the host: \"c 1:1 r\""),
		SAME("lxc.cgroup2.devices.allow = c 10:232 rw",
		     "gives the container the character device \"10:232\" of the host"),
		SAME("lxc.cgroup.devices.allow =", NULL),
		SAME("lxc.cgroup.devices.deny = a", NULL),
		{ "lxc.cgroup.devices.deny =", NULL, DEVICES },
		SAME("lxc.cgroup.dir = lxc/a", NULL),
		SAME("lxc.cgroup.dir.container = ../x",
		     "puts the container into control groups outside its own: \"../x\""),
		SAME("lxc.cgroup2.pids.max = 5", NULL),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

#define NS(what) "gives the container the " what " of the host"
#define NEXT(key) "\n2 " key ": "

static void namespaces(void **state)
{
	static const struct row rows[] = {
		SAME("lxc.namespace.keep = net", NS("network")),
		SAME("lxc.namespace.keep = pid mnt",
		     NS("processes") NEXT("lxc.namespace.keep") NS("mounts")),
		SAME("lxc.namespace.clone = mnt pid uts ipc net cgroup", NULL),
		SAME("lxc.namespace.clone = mount pid uts ipc cgroup", NS("network")),
		SAME("lxc.namespace.share.net = 1", "gives the container the network of \"1\""),
		{ "lxc.sysctl.kernel.core_pattern = |/x", NULL,
		  "lets the container set the kernel parameter \"kernel.core_pattern\" of the "
		  "host" },
		SAME("lxc.sysctl.net.ipv4.ip_forward = 1", NULL),
		SAME("lxc.prlimit.nofile = 1024", NULL),
		SAME("lxc.limit.rtprio = 50",
		     "lets the container take processor time from the host: \"50\""),
		SAME("lxc.proc.oom_score_adj = 10", NULL),
		SAME("lxc.proc.oom_score_adj = -1000",
		     "protects the container when the host runs out of memory"),
		SAME("lxc.proc.oom_score_adj = \" -5\"",
		     "protects the container when the host runs out of memory"),
		SAME("lxc.proc.oom_adj = -17",
		     "protects the container when the host runs out of memory"),
		SAME("lxc.console.path = none", NULL),
		SAME("lxc.console.path = ../../dev/tty0",
		     "gives the container \"../../dev/tty0\" of the host as its console"),
		SAME("lxc.console = /dev/ttyS0",
		     "gives the container \"/dev/ttyS0\" of the host as its console"),
		SAME("lxc.console.logfile = /etc/cron.d/x",
		     "lets the container write to \"/etc/cron.d/x\" of the host"),
		SAME("lxc.logfile = /x",
		     "writes the container's log to \"/x\" of the host"),
		SAME("lxc.environment = A=b", NULL),
		SAME("lxc.environment = SECRET",
		     "gives the container the variable \"SECRET\" of the process that starts it"),
		SAME("lxc.environment = LD_PRELOAD=/x",
		     "sets an environment variable that controls programs, hooks included: "
		     "\"LD_PRELOAD=/x\""),
		SAME("lxc.environment.hooks = PCT_ETC=/x",
		     "sets an environment variable that controls programs, hooks included: "
		     "\"PCT_ETC=/x\""),
		SAME("lxc.init.cmd = /bin/sh", NULL),
		SAME("lxc.execute.cmd = /bin/sh", NULL),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

static void ids(void **state)
{
	static const struct row rows[] = {
		{ "lxc.idmap = u 0 4100000000 65536", NULL, NULL },
		{ "lxc.id_map = u 0 0 1", "gives the container user 0 (root) of the host",
		  NULL },
		{ "lxc.idmap = g 5 0 10",
		  "gives the container group 0 (root) of the host", NULL },
		{ "lxc.idmap = u 5 1 1", "gives the container ids of users of the host: \"daemon\"",
		  NULL },
		{ "lxc.idmap = g 5 1 3",
		  "gives the container ids of groups of the host: \"daemon, bin, sys\"", NULL },
		{ "lxc.idmap = b 0 1 1",
		  "gives the container ids of users of the host: \"daemon\"\n"
		  "2 lxc.idmap: gives the container ids of groups of the host: \"daemon\"",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
	check("lxc.utsname = a\n", "0 pve.unprivileged: runs the container's root as root of "
				   "the host, which LXC calls unsafe\n");
}

static void newer_format(void **state)
{
	(void)state;
	check("unprivileged: 1\nfeatures: nesting=1,mknod=1,fuse=1,mount=nfs;cifs,force_rw_sys=0\n"
	      "mp0: /srv,mp=/srv\nmp1: local:105/x.raw,mp=/y\ndev0: path=/dev/kvm\n"
	      "hookscript: local:snippets/x\nlxc.aa_profile: unconfined\nlxc.cap.drop =\n"
	      "lxc.idmap: u 0 4100000000 65536\nlxc.idmap = u 70000 1 1\n"
	      "lxc.net.0.type: phys\nlxc.network.script.up: /x\n[s]\nlxc.hook.stop: /x\n",
	      "2 features: lets the container mount file systems from its own images, which the "
	      "host's kernel parses; fuse=1,mount=nfs;cifs does not change lxc.apparmor.profile, "
	      "which decides what can be mounted\n"
	      "2 features: " NESTING "\n2 features: lets the container make device nodes\n"
	      "3 mp0: gives the container write access to \"/srv\" of the host\n"
	      "5 dev0: gives the container the device \"/dev/kvm\" of the host\n"
	      "6 hookscript: runs \"local:snippets/x\" as root on the host at each start and "
	      "stop\n"
	      "7 lxc.aa_profile: lets the container run without an AppArmor profile\n"
	      "10 lxc.idmap: gives the container ids of users of the host: \"daemon\"\n"
	      "11 lxc.net.0.type: gives the container an interface of the host; has no "
	      "effect: netN describes a network\n"
	      "12 lxc.network.script.up: runs \"/x\" as root on the host when its network comes "
	      "up; has no effect: netN describes a network\n");
	check("ostype: debian\nrootfs: /srv/x\nunprivileged: 0\n",
	      "2 rootfs: gives the container \"/srv/x\" of the host as its root; is kept, "
	      "but a device or folder of the host cannot be the root file system yet\n"
	      "3 unprivileged: runs the container's root as root of the host, which LXC calls "
	      "unsafe\n");
	check("unprivileged: 1\n[pve:pending]\nfeatures: nesting=1\n", "3 features: " NESTING "\n");
}

/* ---- files ---- */

static char *put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct err e;

	assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
	return path;
}

#define MORE "includes further settings from"

static void includes(void **state)
{
	autofree char *loop =
		xasprintf("lxc.include = %s/a\n  lxc.hook.stop = \"/x\"\n#lxc.hook.stop = /y\n"
			  "lxc.network.type = none\nlxc.net.0.link = br0\n"
			  "lxc.mount.entry = / x none bind\nlxc.include = %s/d\n",
			  dir, dir);
	autofree char *a = put("a", loop), *text = NULL, *expected = NULL, *folder = NULL;
	autofree char *b = NULL, *c = NULL;

	(void)state;
	folder = xasprintf("%s/d", dir);
	assert_int_equal(mkdir(folder, 0755), 0);
	b = put("d/b.conf", "lxc.hook.clone = /z\n");
	c = put("d/b.txt", "lxc.hook.clone = /no\n");
	text = xasprintf("pve.unprivileged = 1\nlxc.include = %s\n"
			 "lxc.include = /usr/share/lxc/config/common.conf\n"
			 "lxc.include = /usr/share/lxc/config/nesting.conf\n"
			 "lxc.include = /usr/share/lxc/config/../../x\n",
			 a);
	expected = xasprintf("2 lxc.include: " MORE " \"%s\"\n"
			     "2 lxc.include: " MORE " \"%s\" (lxc.include in line 1 of \"%s\")\n"
			     "2 lxc.include: runs \"/x\" as root on the host at each "
			     "stop (lxc.hook.stop in line 2 of \"%s\")\n"
			     "2 lxc.include: gives the container the network of the host "
			     "(lxc.network.type in line 4 of \"%s\")\n"
			     "2 lxc.include: gives the container the link \"br0\" of the "
			     "host (lxc.net.0.link in line 5 of \"%s\")\n"
			     "2 lxc.include: gives the container write access to all "
			     "files of the host (lxc.mount.entry in line 6 of \"%s\")\n"
			     "2 lxc.include: " MORE " \"%s\" (lxc.include in line 7 of \"%s\")\n"
			     "2 lxc.include: runs \"/z\" as root on the host when it is "
			     "copied (lxc.hook.clone in line 1 of \"%s\")\n"
			     "4 lxc.include: " NESTING "\n"
			     "5 lxc.include: " MORE " \"/usr/share/lxc/config/../../x\"\n",
			     a, a, a, a, a, a, a, folder, a, b);
	check(text, expected);
	unlink(a);
	unlink(b);
	unlink(c);
	rmdir(folder);
}

static void fstabs(void **state)
{
	autofree char *fstab = put("fstab", "# x\nproc proc proc\n/ mnt none bind\n");
	autofree char *text = NULL, *expected = NULL;

	(void)state;
	text = xasprintf("pve.unprivileged = 1\nlxc.mount = %s\n", fstab);
	expected = xasprintf("2 lxc.mount: mounts the file systems listed in \"%s\" of the "
			     "host\n2 lxc.mount: " NESTING " (a mount in line 2 of \"%s\")\n"
			     "2 lxc.mount: gives the container write access to all files of the "
			     "host (a mount in line 3 of \"%s\")\n",
			     fstab, fstab, fstab);
	check(text, expected);
	unlink(fstab);
	check("pve.unprivileged = 1\nlxc.mount = /dev/zero\n",
	      "2 lxc.mount: mounts the file systems listed in \"/dev/zero\" of the host\n");
}

/* A chain of files that include one more each comes to its end. */
static void chain(void **state)
{
	autofree char *text = xasprintf("pve.unprivileged = 1\nlxc.include = %s/f0\n", dir),
		      *now = NULL;
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		autofree char *name = xasprintf("f%u", i), *path = NULL;
		autofree char *line = xasprintf("lxc.include = %s/f%u\n", dir, i + 1);

		path = put(name, line);
	}
	now = given(text);
	for (const char *at = now; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 33);
	for (unsigned i = 0; i < 100; i++) {
		autofree char *path = xasprintf("%s/f%u", dir, i);

		unlink(path);
	}
}

/* ---- those who would rather not be seen ---- */

static void flood(void **state)
{
	struct conf_findings list;
	autobuf text = BUF_INIT;
	bool seen = false;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		buf_addf(&text, "pve.x%u = 1\n", i);
	buf_add(&text, "lxc.hook.pre-start = /x\n");
	conf_check(text.s, text.len, 105, &list);
	for (size_t i = 0; i < list.n; i++)
		seen = seen || str_eq(list.v[i].key, "lxc.hook.pre-start");
	assert_true(seen);
	assert_in_range(list.n, 200, 603);
	assert_int_equal(list.of[CONF_POWER], 2);
	conf_findings_done(&list);
	buf_clear(&text);
	for (unsigned i = 0; i < 1000; i++)
		buf_add(&text, "lxc.hook.stop = /x\n");
	buf_add(&text, "pve.x = 1\n");
	conf_check(text.s, text.len, 105, &list);
	assert_int_equal(list.of[CONF_POWER], 1001);
	assert_string_equal(list.v[list.n - 1].key, "pve.x");
	conf_findings_done(&list);
}

static void disguise(void **state)
{
	(void)state;
	check("pve.unprivileged = 1\nlxc.hook.stop = /x\"; fine\n",
	      "2 lxc.hook.stop: runs \"/x'; fine\" as root on the host at each stop\n");
#define TEN "0123456789"
	check("pve.unprivileged = 1\nlxc.hook.stop = /" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
	      "\n",
	      "2 lxc.hook.stop: runs \"/" TEN TEN TEN TEN TEN TEN TEN TEN
	      "012345678...\" as root on the host at each stop\n");
	/* liblxc takes the quotes away. */
	check("pve.unprivileged = 1\nlxc.apparmor.profile = \"unconfined\"\n"
	      "lxc.seccomp.profile = ''\nlxc.mount.entry = '/ mnt none bind'\n",
	      "2 lxc.apparmor.profile: lets the container run without an AppArmor profile\n"
	      "3 lxc.seccomp.profile: lets the container make every system call\n"
	      "4 lxc.mount.entry: gives the container write access to all files of the host\n");
	/* What cannot be is an error, and nothing else. */
	check("pve.unprivileged = 1\nlxc.net.0.type = none\n", NULL);
	check("unprivileged: 1\nlxc.idmap: u 0 0\n", NULL);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hooks),	cmocka_unit_test(mounts),
		cmocka_unit_test(unrooted_mounts),
		cmocka_unit_test(walls),	cmocka_unit_test(devices),
		cmocka_unit_test(namespaces),	cmocka_unit_test(ids),
		cmocka_unit_test(newer_format), cmocka_unit_test(includes),
		cmocka_unit_test(fstabs),	cmocka_unit_test(chain),
		cmocka_unit_test(flood),	cmocka_unit_test(disguise),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
