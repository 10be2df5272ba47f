/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/store.h"
#include "lib/runtime/frozen.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/runtime/runtime.h"

enum ct_state ct_state(unsigned ctid)
{
	if (runtime_is_running(ctid))
		return CT_RUNNING;
	return orphan_lives(ctid) ? CT_ORPHANED : CT_STOPPED;
}

bool ct_is_running(unsigned ctid)
{
	return ct_state(ctid) != CT_STOPPED;
}

bool ct_is_ours(unsigned ctid)
{
	return store()->exists(ctid, NULL) != 0 || monitor_pid(ctid);
}

int ct_require_processes(struct ct *ct, struct err *e)
{
	autofree char *object = xasprintf("container %u", ct->ctid);
	int r;

	if (ct_is_running(ct->ctid) && ct_is_ours(ct->ctid))
		return 0;
	r = ct_load(ct, e);
	if (r < 0)
		return r;
	return err_set(e, ESRCH, object, "is not running");
}

int ct_require_stopped(struct ct *ct, struct err *e)
{
	autofree char *object = xasprintf("container %u", ct->ctid);

	if (!ct_is_running(ct->ctid))
		return 0;
	if (orphan_refuse(ct->ctid, e) < 0)
		return err_code(e);
	err_set(e, EBUSY, object, "is running");
	return err_remedy(e, "stop it first: pct shutdown %u", ct->ctid);
}

int ct_advise_start(unsigned ctid, int r, struct err *e)
{
	return r == -ESRCH ? err_remedy(e, "start it with pct start %u", ctid) : r;
}

int ct_require_running(struct ct *ct, struct err *e)
{
	int r = ct_advise_start(ct->ctid, ct_require_processes(ct, e), e);

	if (r == 0 && !runtime_is_running(ct->ctid))
		r = orphan_refuse(ct->ctid, e);
	return r < 0 ? r : frozen_refuse(ct->ctid, e);
}
