/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hooks/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/runtime/failure.h"

/* The arguments of a hook, for both versions of liblxc's hook ABI. */
struct call {
	const char *name, *section, *type, *link;
};

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* Version 0: argv is NAME SECTION TYPE [veth HOSTIF].  Version 1: environment variables. */
static bool read_call(int argc, char *argv[], struct call *ret)
{
	struct call call = { .name = variable("LXC_NAME") };

	if (str_eq(variable("LXC_HOOK_VERSION"), "1")) {
		call.section = variable("LXC_HOOK_SECTION");
		call.type = variable("LXC_HOOK_TYPE");
		call.link = variable("LXC_NET_PEER");
	} else {
		if (argc < 4 || !str_eq(argv[1], call.name))
			return false;
		call.section = argv[2];
		call.type = argv[3];
		call.link = argc > 4 ? argv[argc - 1] : "";
	}
	*ret = call;
	return true;
}

static bool is_ours(const char *name, unsigned *ret_ctid)
{
	autofree char *runtime = NULL;

	if (!parse_ctid(name, ret_ctid))
		return false;
	runtime = path_runtime_config(*ret_ctid);
	return str_eq(variable("LXC_CONFIG_FILE"), runtime);
}

/* Whether a hook runs as container root in the container's mount namespace. */
static bool is_inside(const char *type)
{
	return str_eq(type, "mount") || str_eq(type, "autodev");
}

/* In the container's mount namespace, liblxc mounts the tree at LXC_ROOTFS_MOUNT. */
static const char *rootfs_for(const char *type)
{
	return variable(is_inside(type) ? "LXC_ROOTFS_MOUNT" : "LXC_ROOTFS_PATH");
}

static void report_failure(const struct hook *hook, const char *type, const struct err *e)
{
	err_print(e, type, stderr);
	/* Container root may write only to the guest folder. */
	failure_write(hook->ctid, is_inside(type), type, e);
}

int hook_main(int argc, char *argv[], const char *section, const char *type, hook_function run)
{
	struct hook hook = { 0 };
	struct err e = { 0 };
	struct call call;
	int r;

	umask(022);
	if (!read_call(argc, argv, &call)) {
		fprintf(stderr,
			"usage: liblxc runs this as %s %s hook; see lxc.container.conf(5)\n",
			section, type);
		return 1;
	}
	if (!str_eq(call.section, section) || !str_eq(call.type, type) ||
	    !is_ours(call.name, &hook.ctid))
		return 0;
	hook.rootfs = rootfs_for(type);
	hook.link = call.link;
	/* After a reboot, hooks before start-host get the pid of the previous init. */
	if (str_eq(type, "start-host"))
		hook.init = (pid_t)strtol(variable("LXC_PID"), NULL, 10);
	/* After the first reboot, liblxc keeps LXC_TARGET set for every hook. */
	hook.rebooting = str_eq(type, "post-stop") && str_eq(variable("LXC_TARGET"), "reboot");
	r = run(&hook, &e);
	if (r < 0)
		report_failure(&hook, type, &e);
	return r ? 1 : 0;
}
