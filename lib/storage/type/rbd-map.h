/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attaching images of the type rbd to this host, without a program.
 *
 * A mapping that pct makes has a record, RUN/pct/rbd/STORAGE:IMAGE, and a lock of flock(2) on it.
 * The lock is held until the device is open or mounted, since without it, a recorded mapping that
 * nothing uses may be undone at any time: the end of each command does so, and post-stop.
 */
#ifndef LIB_STORAGE_TYPE_RBD_MAP_H
#define LIB_STORAGE_TYPE_RBD_MAP_H

#include "lib/host/rbd.h"
#include "lib/storage/storage.h"

/*
 * Find the device of a volume, or map the image.  Returns a descriptor that holds the lock.
 * -ENOENT: there is no such image.
 */
int rbd_attach(const struct volume *v, struct rbd_mapping *ret, struct err *e);

/* Find the device of a volume; false: it is not mapped on this host. */
bool rbd_attached(const struct volume *v, struct rbd_mapping *ret);

/*
 * Take the lock, for work on an image that is not mapped on this host; a mapping by pct that
 * nothing uses is undone.  Returns the descriptor that holds it.  -EBUSY: it is mapped.
 */
int rbd_lock_detached(const struct volume *v, struct err *e);

/* A member of struct volume_ops: undo the mappings that pct made and nothing uses. */
void rbd_detach_idle(unsigned ctid);

#endif
