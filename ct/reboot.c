/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/systemd-unit.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

int ct_reboot(struct ct *ct, unsigned seconds, struct err *e)
{
	int r = ct_check_restartable(ct, e);

	if (r == 0)
		r = ct_advise_start(ct->ctid, ct_shutdown(ct, seconds, true, e), e);
	if (r < 0)
		return r;
	/* Load the config again: users may have edited it, without a lock, during the shutdown. */
	conf_free(steal(&ct->file));
	return unit_start(ct, e);
}
