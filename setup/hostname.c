/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/hostname: the short name, as the predecessor has it on all families but Red Hat's. */
#include <errno.h>
#include <string.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/plan.h"
#include "lib/util.h"
#include "setup/step.h"

char *hostname_short(const struct setup *s, char **ret_full)
{
	const struct conf *conf = s->conf;

	if (conf->hostname && *conf->hostname)
		*ret_full = xstrdup(conf->hostname);
	else if (conf->ctid)
		*ret_full = xasprintf("CT%u", conf->ctid);
	else
		*ret_full = xstrdup("localhost");
	return xstrndup(*ret_full, strcspn(*ret_full, "."));
}

int step_hostname(struct setup *s, struct err *e)
{
	autofree char *full = NULL, *name = hostname_short(s, &full), *text = NULL;

	if (!*name || domain_check(full) < 0)
		return err_set(e, EINVAL, "hostname", "\"%s\" is no host name", full);
	text = xasprintf("%s\n", name);
	return tree_write(s->tree, "/etc/hostname", text, 0, ROOTFS_REPLACE_LINK, e);
}
