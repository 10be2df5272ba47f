/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/conf/conf.h"
#include "lib/storage/mount.h"

int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e)
{
	int r;

	if (!conf->n_volumes)
		return err_set(e, EINVAL, "pve.volid", "the config names no root volume");
	r = file_mkdirs(target, 0755, e);
	if (r == 0)
		r = mount_namespace(e);
	return r < 0 ? r : mount_volumes(conf, map, target, e);
}
