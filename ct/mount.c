/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"

int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e)
{
	autoclose int userns = -1;
	struct volume volume;
	int r;

	if (!conf->volid)
		return err_set(e, EINVAL, "pve.volid", "the config names no root volume");
	r = volume_find(conf->volid, conf->ctid, &volume, e);
	if (r < 0)
		return r;
	if (conf->mapped && !conf->shifted)
		r = userns = idmap_userns(map, e);
	if (r >= 0)
		r = file_mkdirs(target, 0755, e);
	if (r >= 0)
		r = mount_namespace(e);
	if (r >= 0)
		r = mount_volume(&volume, target, userns, e);
	volume_done(&volume);
	return r;
}
