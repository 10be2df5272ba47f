/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations on the volumes of a container.  slot is "rootfs" or "mp0".  Bind mounts and devices of
 * the host are not looked after.
 */
#ifndef CT_VOLUME_VOLUMES_H
#define CT_VOLUME_VOLUMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ct;
struct err;
struct fsck;

/*
 * Grow a volume and its file system by mib (adds), or to mib; the caller holds the lock.  It never
 * shrinks: -EINVAL.  Also grows the file system of a volume that has the size already.  The config
 * then has the size that the volume has, also after a failure.
 */
int ct_resize(struct ct *ct, const char *slot, bool adds, uint64_t mib, struct err *e);

/*
 * Copy a volume to another storage, and use the copy; the caller holds the lock.  slot may be
 * unusedN, too, and else the container is stopped.  The old volume becomes unusedN, or is removed.
 * A killed command leaves a config that names both, and the lock "disk".  *ret_id: the new volume,
 * which the caller frees.
 */
int ct_move_volume(struct ct *ct, const char *slot, const char *storage, bool removes_old,
		   char **ret_id, struct err *e);

/* volume_fsck() (lib/storage/upkeep.h) for a stopped container; the caller holds the lock. */
int ct_fsck(struct ct *ct, const char *slot, bool all, struct fsck *ret, struct err *e);

/*
 * The volumes of a container, in the order in which a start mounts them.  The caller holds the lock
 * of a stopped container, and none of a running one.  Free with ct_volumes_done().
 */
struct ct_volume {
	char *slot, *id, *mount_point;
	enum {
		CT_VOLUME_KNOWN,
		CT_VOLUME_FOREIGN, /* the host's folder or device */
		CT_VOLUME_TREE,    /* a folder of a storage: shares the file system of the host */
		CT_VOLUME_SKIPPED,
		CT_VOLUME_FAILED,  /* a note says why */
	} result;
	uint64_t size, used, available; /* bytes, of ct_df() */
	uint64_t trimmed;               /* bytes, of ct_fstrim() */
};
struct ct_volumes {
	struct ct_volume *v;
	size_t n;
};
int ct_df(struct ct *ct, struct ct_volumes *ret, struct err *e);
/* only_root: skip all others. */
int ct_fstrim(struct ct *ct, bool only_root, struct ct_volumes *ret, struct err *e);
void ct_volumes_done(struct ct_volumes *volumes);

/*
 * Mount the volumes of a stopped container at LIB/CTID/rootfs for root of this host, and lock the
 * config with "mounted".  The folder above is closed to other users until ct_unmount(), which also
 * undoes a killed ct_mount(), and does nothing if there is nothing to undo.  The caller holds the
 * lock.
 */
int ct_mount(struct ct *ct, struct err *e);
int ct_unmount(struct ct *ct, struct err *e);

/*
 * Correct the config by what the storages have: sizes of volumes, and unusedN for each volume of
 * the container that the config does not name.  A missing volume is a note.  *ret describes each
 * change, as in "mp0: size=16G, was size=8G"; dry: only describes.  The caller holds the lock and
 * frees *ret with strv_free().
 */
int ct_rescan(struct ct *ct, bool dry, char ***ret, struct err *e);

#endif
