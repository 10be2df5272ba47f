/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The autodev hook: runs as container root in the container's mount namespace, when liblxc has
 * mounted /dev.  Binds the nodes of devN there, which pre-start made.  Only containers with devN
 * have this hook.
 */
#include "hooks/hook.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/runtime/devices/devices.h"

static int autodev(const struct hook *hook, struct err *e)
{
	autofree char *path = runfile(hook->ctid, RUNFILE_PLAN), *text = NULL;
	struct setup_plan plan = { 0 };
	size_t len;
	int r = file_read(path, CONF_MAX_SIZE, &text, &len, e);

	if (r == 0)
		r = setup_plan_parse(text, len, &plan, e);
	if (r == 0)
		r = devices_bind(conf_values(plan.conf), hook->rootfs, e);
	setup_plan_done(&plan);
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "lxc", "autodev", autodev);
}
