/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks after the volumes of a container: their size, space and file systems.  The functions are
 * for volumes of the form raw, attached or not, and work with the block device of an attached one:
 * they touch no file and no mount of a running container.  Those for size, growth and space are
 * also for folders that have a size: volume_has_size().
 *
 * A storage, or a container that has frozen its file system, can make the kernel wait forever.  So
 * a child, which holds no lock of the caller, does that work within a time limit: -ETIMEDOUT.
 */
#ifndef LIB_STORAGE_UPKEEP_H
#define LIB_STORAGE_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct volume;

/* Get the size in bytes; 0: the volume is a folder, which has none.  -ENOENT: it does not exist. */
int volume_size(const struct volume *v, uint64_t *ret, struct err *e);
/* The size for a config, which has whole MiB: a part of one counts as one. */
uint64_t volume_mib(uint64_t bytes);

/*
 * Grow the volume and its file system to this size, which is not less than its size; for the same
 * same size, only the file system.  An unattached volume is checked first.  -EUCLEAN: the file
 * system has errors.  -EPERM: root may not grow it while it is attached.
 *
 * After a failure, the volume has its old size, or if the file system may have begun to grow, the
 * new one: then e says so, and a second call can complete the growth.
 */
int volume_grow(const struct volume *v, uint64_t bytes, struct err *e);

/*
 * For the child: returns the descriptor of one more mount of an attached volume; of another, the
 * only one, with enum volume_flags.
 */
int volume_mount_one_more(const struct volume *v, unsigned flags, struct err *e);

/* In bytes, as df(1) shows them; the file system itself needs the rest of the volume. */
struct volume_space {
	uint64_t size, used, available;
};
int volume_space(const struct volume *v, struct volume_space *ret, struct err *e);
/* Only of a folder whose size its file system does not tell; else -ENXIO, without an error in e. */
int volume_folder_space(const struct volume *v, struct volume_space *ret, struct err *e);

/* Give the unused blocks of the file system back to the storage; *ret is their number of bytes. */
int volume_trim(const struct volume *v, uint64_t *ret, struct err *e);

enum fsck_result {
	FSCK_CLEAN,
	FSCK_REPAIRED,
	FSCK_ERRORS, /* errors are left */
};
struct fsck {
	enum fsck_result result;
	char *said; /* what e2fsck printed, at most 64 KiB of it; the caller frees */
};
/*
 * Check the file system of an unattached volume and repair it: what is safe, or with all set,
 * everything.  -EBUSY: the volume is attached.
 */
int volume_fsck(const struct volume *v, bool all, struct fsck *ret, struct err *e);
/* The same, for a caller that holds the volume's lock. */
int volume_fsck_locked(const struct volume *v, bool all, struct fsck *ret, struct err *e);

#endif
