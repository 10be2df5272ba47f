/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounting a container's volumes, in a mount namespace of the caller's own. */
#ifndef LIB_STORAGE_MOUNT_H
#define LIB_STORAGE_MOUNT_H

struct conf;
struct err;
struct idmap;
struct volume;

/* New mount namespace, nothing propagates out of it. */
int mount_namespace(struct err *e);

/*
 * Mount all volumes of a container, the root volume on target.  Those of a mapped one are
 * id-mapped by map, unless their ids are shifted: -EOPNOTSUPP where the file system cannot be.
 * After a failure some may be mounted; they go with the caller's namespace.
 */
int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e);

/*
 * One of them, by its type, on the folder inside of target; "/" is target.  A raw image: libblkid
 * must find exactly one file system, ext4; flock(LOCK_EX|LOCK_NB) on the image, then a loop device
 * with autoclear (direct I/O where possible), which goes with the mount.  userns_fd >= 0: id-mapped
 * by mount_setattr(2); -EOPNOTSUPP where the file system cannot, with nothing left mounted.
 */
int mount_volume(const struct volume *v, const char *target, const char *inside, int userns_fd,
		 struct err *e);

/*
 * For types: a detached mount of the ext4 on a block device, as a descriptor.  path is the
 * volume's, for messages; attributes are fsmount(2)'s.
 */
int mount_ext4(const char *device, const char *path, unsigned attributes, struct err *e);

/* Unmount target and everything below it; not mounted is fine. */
int mount_detach(const char *target, struct err *e);

#endif
