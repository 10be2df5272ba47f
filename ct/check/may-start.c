/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/check/may-start.h"

#include <errno.h>

#include "ct/hookscript.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"

int ct_check_lock(const struct conf_file *f, struct err *e)
{
	const struct conf *conf = conf_values(f);

	if (!conf->lock)
		return 0;
	err_set(e, EBUSY, NULL, "the container is locked (%s)", conf->lock);
	conf_key_err(f, "pve.lock", e);
	if (str_eq(conf->lock, "create"))
		return err_remedy(e, "if pct create was killed, pct destroy %u removes the rest",
				  conf->ctid);
	if (str_eq(conf->lock, "mounted"))
		return err_remedy(e, "pct unmount %u ends that", conf->ctid);
	return err_remedy(e, "wait for the command to end; if it was killed, pct unlock %u removes "
			     "the lock", conf->ctid);
}

int ct_check_template(const struct conf_file *f, struct err *e)
{
	if (!conf_values(f)->is_template)
		return 0;
	err_set(e, EPERM, NULL, "a template cannot be started");
	return conf_key_err(f, "pve.template", e);
}

int ct_may_start(const struct conf_file *f, const char *path, struct err *e)
{
	int r = ct_check_lock(f, e);

	if (r == 0)
		r = ct_check_template(f, e);
	if (r == 0)
		r = volume_check_named(conf_values(f), path, e);
	return r < 0 ? r : hookscript_check(conf_values(f), e);
}
