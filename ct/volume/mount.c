/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/conf/store.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"

int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct own_volumes *ret, struct err *e)
{
	autofree char *path = store()->path(conf->ctid);
	int r = volume_check_named(conf, path, e);

	if (r == 0)
		r = file_mkdirs(target, 0755, e);
	if (r == 0)
		r = mount_namespace(e);
	return r < 0 ? r : mount_volumes(conf, map, target, ret, e);
}

void ct_own_volumes(unsigned ctid, struct own_volumes *ret)
{
	autofree char *path = runfile(ctid, RUNFILE_PLAN), *text = NULL;
	struct setup_plan plan = { 0 };
	size_t len;

	*ret = (struct own_volumes){ 0 };
	if (file_read(path, CONF_MAX_SIZE, &text, &len, NULL) < 0 ||
	    setup_plan_parse(text, len, &plan, NULL) < 0)
		return;
	*ret = plan.volumes;
	plan.volumes = (struct own_volumes){ 0 };
	setup_plan_done(&plan);
}
