/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/clean.h"

#include <unistd.h>

#include "ct/ct-internal.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/host/cgroup.h"
#include "lib/net/port.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"

int ct_undo_start(unsigned ctid, const char *rootfs, struct err *e)
{
	autofree char *plan = runfile(ctid, RUNFILE_PLAN);
	int r;

	unlink(plan);
	port_sweep(ctid);
	r = rootfs ? mount_detach(rootfs, e) : 0;
	volume_detach_idle(ctid);
	return r;
}

int ct_clean_up(unsigned ctid, const char *rootfs, struct err *e)
{
	/* This waits for processes that are ending. */
	if (!cgroup_sweep(ctid) && orphan_is_left(ctid))
		return orphan_tell(ctid, e);
	return ct_undo_start(ctid, rootfs, e);
}

int ct_clean(unsigned ctid, struct err *e)
{
	int r = monitor_wait(ctid, MONITOR_WAIT, e);

	if (r == 0)
		r = orphan_refuse(ctid, e);
	if (r < 0)
		return r;
	r = ct_clean_up(ctid, NULL, e);
	if (r == 0)
		runfiles_clean(ctid);
	return r;
}
