/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In-use protection of volumes of the form tree.  Nothing else keeps the folder of a running
 * container from being removed: the kernel refuses neither that nor the removal of a mounted
 * subvolume.
 *
 * A lock (flock(2)) on the folder excludes work that changes it as a whole from being mounted.  It
 * is held only until the mount is in place; from then on the mount tables of all processes tell.
 * Root of a container can lock the folder of its own volume, too, but only while one of its
 * processes runs.
 */
#ifndef LIB_STORAGE_TREE_LOCK_H
#define LIB_STORAGE_TREE_LOCK_H

struct err;

/*
 * Lock the folder whose descriptor is top, to remove, rename or roll it back.  The lock is held by
 * top, which is open for reading.  -EBUSY: the folder, or one below it, is mounted or being mounted
 * in any mount namespace; after 5 seconds, since a stopped container unmounts for a moment.
 *
 * top may also be on a mount of the whole file system that no mount namespace has.
 */
int tree_lock(int top, const char *path, struct err *e);

/*
 * For the mount of a folder that has no place yet: returns a descriptor to keep until it has.
 * -EBUSY: somebody works on the folder.  After this, look whether the volume still exists.
 */
int tree_lock_shared(int mount, const char *path, struct err *e);

#endif
