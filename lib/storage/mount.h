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
 * Mount all volumes of a container; the root volume on target.  With an id map, volumes are
 * id-mapped unless their ids are shifted: -EOPNOTSUPP if the file system does not support it.  A
 * failure may leave some volumes mounted, until the caller's namespace ends.
 */
int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e);

/*
 * Mount one volume, by its type, on the folder inside of target; "/" is target itself.  A raw image
 * must hold exactly one file system, ext4 (by libblkid).  It is locked by flock(LOCK_EX|LOCK_NB)
 * and attached to a loop device with autoclear (and direct I/O if supported), which detaches on
 * unmount.  userns_fd >= 0: the mount is id-mapped by mount_setattr(2); -EOPNOTSUPP if the file
 * system does not support it, with nothing left mounted.
 */
int mount_volume(const struct volume *v, const char *target, const char *inside, int userns_fd,
		 struct err *e);

/*
 * For storage types: returns the descriptor of a detached mount of the ext4 on a block device.
 * path is the volume's path, for messages; attributes are those of fsmount(2).
 */
int mount_ext4(const char *device, const char *path, unsigned attributes, struct err *e);

/* Unmount target and everything below it; no error if it is not mounted. */
int mount_detach(const char *target, struct err *e);

#endif
