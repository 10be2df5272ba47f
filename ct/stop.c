/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stop and shutdown */
#include <errno.h>

#include "ct/clean.h"
#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/hookscript.h"
#include "lib/base/err.h"
#include "lib/conf/conf.h"
#include "lib/host/cgroup.h"
#include "lib/runtime/frozen.h"
#include "lib/runtime/last-stop.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/runtime/runtime.h"

/* If the monitor died meanwhile, it did not kill the other processes: kill again. */
static int kill_all(struct ct *ct, struct err *e)
{
	bool orphaned = orphan_lives(ct->ctid);
	int r = ct_kill(ct->ctid, e);

	if (r == 0)
		r = monitor_wait(ct->ctid, MONITOR_WAIT, e);
	if (r == 0 && !orphaned && orphan_lives(ct->ctid))
		r = ct_kill(ct->ctid, e);
	if (r == 0 && orphaned)
		ct_note(ct, "its monitor was gone; all its processes were killed");
	return r < 0 ? r : ct_clean(ct->ctid, e);
}

/* A container without a valid config can be stopped, too. */
static void run_hookscript(struct ct *ct)
{
	struct err e;

	if (ct_load(ct, NULL) == 0 &&
	    hookscript_run(conf_values(ct->file), HOOKSCRIPT_PRE_STOP, &e) < 0)
		ct_note(ct, "%s: %s; %s", e.object, e.cause, e.remedy);
}

int ct_stop(struct ct *ct, struct err *e)
{
	int r;

	if (!ct_is_running(ct->ctid) && !monitor_is_alive(ct->ctid))
		ct_clean(ct->ctid, e);
	r = ct_require_processes(ct, e);
	if (r < 0)
		return r;
	run_hookscript(ct);
	r = kill_all(ct, e);
	if (r == 0)
		last_stop_write(ct->ctid, "it was killed by pct stop");
	return r;
}

/* A frozen init cannot shut down. */
static int thaw(struct ct *ct, bool force, struct err *e)
{
	int r = frozen_refuse(ct->ctid, e);

	if (r == 0 || !force)
		return r;
	cgroup_thaw(ct->ctid);
	ct_note(ct, "was frozen; it was thawed to shut down");
	return 0;
}

int ct_shutdown(struct ct *ct, unsigned seconds, bool force, struct err *e)
{
	int r = ct_require_processes(ct, e);
	bool killed;

	if (r == 0)
		r = thaw(ct, force, e);
	if (r < 0)
		return r;
	run_hookscript(ct);
	r = runtime_shutdown(ct->ctid, seconds, e);
	killed = r == -ETIMEDOUT && force;
	if (killed)
		r = kill_all(ct, e);
	else if (r == 0)
		r = ct_clean(ct->ctid, e);
	if (r == 0)
		last_stop_write(ct->ctid,
				killed ? "it was killed by pct: it did not shut down in time"
				       : "it was shut down by pct");
	return r;
}

int ct_ensure_stopped(struct ct *ct, struct err *e)
{
	int r = ct_stop(ct, e);

	return r == -ESRCH ? ct_clean(ct->ctid, e) : r;
}

int ct_ensure_shut_down(struct ct *ct, unsigned seconds, struct err *e)
{
	int r = ct_shutdown(ct, seconds, true, e);

	return r == -ESRCH ? ct_clean(ct->ctid, e) : r;
}
