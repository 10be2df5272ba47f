/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts the volumes of a container in a mount namespace of the caller's own. */
#ifndef LIB_STORAGE_MOUNT_H
#define LIB_STORAGE_MOUNT_H

struct conf;
struct err;
struct idmap;
struct volume;

/* Enter a new mount namespace whose mounts do not propagate to the host. */
int mount_namespace(struct err *e);

/*
 * Mount all volumes of a container; the root volume on target.  map NULL: the container is
 * privileged.  Otherwise devices on them cannot be opened, and volumes are id-mapped unless their
 * ids are shifted (lib/storage/shift.h): -EOPNOTSUPP if the file system does not support it.  A
 * failure may leave some volumes mounted, until the caller's namespace ends.
 */
int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e);

/*
 * For storage types: returns the descriptor of a detached mount of the ext4 on a block device.
 * path is the volume's path, for messages.
 */
int mount_ext4(const char *device, const char *path, struct err *e);

/* Unmount target and everything below it; no error if it is not mounted. */
int mount_detach(const char *target, struct err *e);

#endif
