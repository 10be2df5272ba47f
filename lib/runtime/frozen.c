/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/frozen.h"

#include <errno.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"

char *frozen_remedy(unsigned ctid)
{
	return xasprintf("lxc-unfreeze -P %s -n %u thaws it, pct stop %u kills it", path_lib(),
			 ctid, ctid);
}

int frozen_refuse(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid), *remedy = NULL;

	if (!cgroup_is_frozen(ctid))
		return 0;
	remedy = frozen_remedy(ctid);
	err_set(e, EBUSY, object, "is frozen");
	return err_remedy(e, "%s", remedy);
}
