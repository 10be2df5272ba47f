/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The id map of one mount of an unprivileged container: mount_setattr(2), MOUNT_ATTR_IDMAP. */
#ifndef LIB_STORAGE_MOUNT_IDS_H
#define LIB_STORAGE_MOUNT_IDS_H

#include <stdbool.h>

struct conf_volume;
struct err;
struct idmap;

/*
 * Make the map from ids on disk to ids of the host.  map: the container's.  on_disk: files have the
 * container's ids on disk, else the host's.  idmap and owner of v override this for the ids that
 * they name.  *ret_needed is false if the ids on disk are those of the host.
 */
int mount_ids(const struct conf_volume *v, const struct idmap *map, bool on_disk,
	      struct idmap *ret, bool *ret_needed, struct err *e);

#endif
