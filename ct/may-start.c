/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/may-start.h"

#include <errno.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"

int ct_check_lock(const struct conf *conf, const char *path, struct err *e)
{
	if (!conf->lock)
		return 0;
	err_set(e, EBUSY, path, "pve.lock: the container is locked (%s)", conf->lock);
	if (str_eq(conf->lock, "create"))
		return err_remedy(e, "if pct create was killed, pct destroy %u removes the rest",
				  conf->ctid);
	return err_remedy(e, "wait for the command to end; if it was killed, remove the line");
}

int ct_check_template(const struct conf *conf, const char *path, struct err *e)
{
	return conf->is_template
		       ? err_set(e, EPERM, path, "pve.template: a template cannot be started")
		       : 0;
}

int ct_may_start(const struct conf_file *f, const char *path, struct err *e)
{
	const struct conf *conf = conf_values(f);
	size_t at = 0;
	int r = ct_check_lock(conf, path, e);

	if (r == 0)
		r = ct_check_template(conf, path, e);
	if (r == 0)
		r = volume_check_named(conf, path, e);
	return r < 0 ? r : conf_kept_check(f, &at, e);
}
