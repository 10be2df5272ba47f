/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /fastboot makes sysvinit's scripts skip file system checks, as there are no devices. */
#include <sys/stat.h>

#include "lib/base/err.h"
#include "setup/step.h"

int step_fastboot(struct setup *s, struct err *e)
{
	if (s->init != INIT_SYSVINIT || tree_kind(s->tree, "/etc/init.d/checkroot.sh") != S_IFREG)
		return 0;
	if (tree_lkind(s->tree, "/fastboot") == S_IFREG)
		return 0;
	return tree_write(s->tree, "/fastboot", "", 0, ROOTFS_KEEP_LINK, e);
}
