/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"

int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e)
{
	autofree char *path = store()->path(conf->ctid);
	int r = volume_check_named(conf, path, e);

	if (r == 0)
		r = file_mkdirs(target, 0755, e);
	if (r == 0)
		r = mount_namespace(e);
	return r < 0 ? r : mount_volumes(conf, map, target, e);
}
