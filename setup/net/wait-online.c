/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/wait-online.h"

#include "lib/base/util.h"
#include "setup/managed.h"
#include "setup/services.h"
#include "setup/step.h"

/* Longer than a successful DHCP and duplicate address detection take. */
static const char drop_in[] =
	"# Written by pct: an interface without carrier or lease does not hold up the boot.\n"
	"[Service]\n"
	"TimeoutStartSec=20\n";

int wait_online_limit(struct setup *s, const char *unit, struct err *e)
{
	autofree char *path = xasprintf("/etc/systemd/system/%s.d/pct.conf", unit);

	if (s->init != INIT_SYSTEMD || service_unit(s, unit) == SERVICE_ABSENT)
		return 0;
	return managed_write(s, path, drop_in, 0, e);
}
