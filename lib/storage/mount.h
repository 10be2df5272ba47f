/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attaching and mounting a container's volumes, in a mount namespace of the caller's own. */
#ifndef LIB_STORAGE_MOUNT_H
#define LIB_STORAGE_MOUNT_H

struct conf;
struct err;
struct volume;

/* New mount namespace, nothing propagates out of it. */
int mount_namespace(struct err *e);

/*
 * Mount a volume on target.  A raw image: libblkid must find exactly one file system, ext4;
 * flock(LOCK_EX|LOCK_NB) on the image, then a loop device with autoclear (direct I/O where
 * possible), which goes with the mount.  userns_fd >= 0: id-mapped by mount_setattr(2); -EOPNOTSUPP
 * where the file system cannot, with nothing left mounted.
 */
int mount_volume(const struct volume *v, const char *target, int userns_fd, struct err *e);

/* Unmount target and everything below it; not mounted is fine. */
int mount_detach(const char *target, struct err *e);

#endif
