/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts the volumes of a container in a mount namespace of the caller's own. */
#ifndef LIB_STORAGE_MOUNT_H
#define LIB_STORAGE_MOUNT_H

#include <stdbool.h>

struct conf;
struct conf_volume;
struct err;
struct idmap;
struct own_volumes;

/* Enter a new mount namespace whose mounts do not propagate to the host. */
int mount_namespace(struct err *e);

/*
 * Mount rootfs and mpN of a container, parents first; the root volume on target.  map NULL: the
 * container is privileged.  Otherwise devices on its volumes cannot be opened, and volumes are
 * id-mapped unless their ids are shifted (lib/storage/shift.h): -EOPNOTSUPP if the file system does
 * not support it.  Missing mount points are made as container root.  *ret, unless NULL, lists the
 * volumes of storages; free it with own_volumes_done(), also after a failure, which may leave some
 * mounted until the caller's namespace ends.
 */
int mount_volumes(const struct conf *conf, const struct idmap *map, const char *target,
		  struct own_volumes *ret, struct err *e);

/*
 * Returns the descriptor of a detached mount of one slot, which fits the container: ids, options.
 * Nothing else is done for its words.  The caller holds the container's lock until the mount has
 * its place, so that the volume is not removed.
 */
int mount_open(const struct conf *conf, const struct idmap *map, const struct conf_volume *v,
	       struct err *e);

/*
 * For storage types: returns the descriptor of a detached mount of the file system on a block
 * device.  flags: enum volume_flags.  path is the volume's path, for messages.
 */
int mount_device(const char *device, const char *type, unsigned flags, const char *path,
		 struct err *e);

/*
 * The same for a device that is mounted elsewhere, in whichever mount namespace: the new mount is
 * one more of the same file system, whose numbers can be read, and which can grow, without a look
 * at the files and mounts of a container.
 */
int mount_device_again(const char *device, const char *type, const char *path, struct err *e);

/*
 * Mount all volumes of a stopped container for users of this host: with the ids that they have on
 * disk, without devices and setuid programs.  Folders and devices of the host stay away.  *ret_left
 * lists the slots of volumes that are not mounted, since their mount point is missing; NULL: none.
 * Free with strv_free().  A failure may leave some volumes mounted: mount_undo().
 */
int mount_volumes_on_host(const struct conf *conf, const char *target, char ***ret_left,
			  struct err *e);

/*
 * Unmount target and everything below it, the last mount first; no error if nothing is mounted.
 * Unlike mount_detach(), this fails with -EBUSY while a process uses a mount.
 */
int mount_undo(const char *target, struct err *e);

/* Whether something is mounted on path.  Does not ask its file system, which may not answer. */
bool mount_is_point(const char *path);

/* Replace "\040", as in mount tables, by the character. */
void mount_decode(char *text);

/* Unmount target and everything below it; no error if it is not mounted. */
int mount_detach(const char *target, struct err *e);

#endif
