/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mount hook: runs setup in the container's namespaces, as container root, and so writes
 * network and other settings to the mounted tree before init runs.  Its only source is the plan
 * that pre-start wrote.
 */
#include <errno.h>

#include "hooks/hook.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/rootfs/rootfs.h"
#include "setup/facts.h"
#include "setup/report.h"
#include "setup/setup.h"

/* liblxc runs this program, and reports nothing if it is missing. */
#define INIT "/sbin/init"

static int check_init(struct rootfs *root, struct err *e)
{
	if (rootfs_is_exec(root, INIT))
		return 0;
	err_set(e, ENOENT, INIT, "there is no such program in the container");
	return err_remedy(e, "install an init system (Debian: systemd-sysv) in the template");
}

static int configure(const struct setup_plan *plan, struct rootfs *root, unsigned ctid,
		     struct err *e)
{
	struct host_facts facts = { 0 };
	autofree char *path = runfile(ctid, RUNFILE_GUEST_REPORT);
	struct report report = { 0 };
	int r;

	facts_from_plan(plan, &facts);
	r = setup_run(PHASE_START, conf_values(plan->conf), root, &facts, false, &report, e);
	if (r == 0)
		r = report_write(&report, path, e);
	report_done(&report);
	return r;
}

static int mount_hook(const struct hook *hook, struct err *e)
{
	autofree char *guest = path_ct_guest(hook->ctid), *text = NULL;
	autofree char *path = runfile(hook->ctid, RUNFILE_PLAN);
	struct rootfs *root = NULL;
	struct setup_plan plan = { 0 };
	size_t len;
	int r;

	/*
	 * liblxc may have left the keyring already.  Failures are ignored: other containers with
	 * the same ids may have used up the quota of keys.
	 */
	run_leave_keyring();
	r = file_read(path, CONF_MAX_SIZE, &text, &len, e);

	if (r == 0)
		r = setup_plan_parse(text, len, &plan, e);
	if (r == 0)
		r = rootfs_open(hook->rootfs, &root, e);
	if (r == 0)
		r = rootfs_confine(root, guest, e);
	if (r == 0)
		r = check_init(root, e);
	if (r == 0)
		r = configure(&plan, root, hook->ctid, e);
	rootfs_close(root);
	setup_plan_done(&plan);
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "lxc", "mount", mount_hook);
}
