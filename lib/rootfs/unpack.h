/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unpacks a template into a new rootfs, in a child that has access to nothing else. */
#ifndef LIB_ROOTFS_UNPACK_H
#define LIB_ROOTFS_UNPACK_H

#include <stdatomic.h>
#include <stdint.h>

struct err;
struct idmap;
struct unpack_limit;

/* Progress for another process, in memory shared with the child (MAP_SHARED). */
struct unpack_progress {
	_Atomic uint64_t read; /* bytes of the archive */
};

struct unpack {
	int fd;                  /* file or pipe, read from its current offset; stays open */
	const char *name;        /* for messages */
	const char *target;      /* an empty folder, which becomes the top of the tree */
	const struct idmap *map; /* unpack as root of this user namespace; NULL: the caller's */
	struct unpack_progress *progress; /* NULL: no progress */
	const struct unpack_limit *limit; /* NULL: no limit but the volume's size */
};

struct unpack_result {
	uint64_t members, devices, attributes; /* unpacked; skipped: device nodes, xattrs */
	uint32_t root; /* id of container root in an archive with host ids; 0: it has none */
};

/*
 * Unpack a tar archive: uncompressed, gzip, xz or zstd, detected by content.  The child enters the
 * user namespace, a private mount namespace whose root is the new tree, and Landlock.  Ids are
 * numeric; no names are looked up and nothing is executed.  Leading "./" and "/" of member names
 * are removed.  These are errors: a name with "..", a name of PATH_MAX bytes, a path through a
 * symbolic link, a top that is not a folder, an id that is not in the map.  Device nodes are
 * skipped.  Ids of an archive with host ids are taken back (lib/rootfs/unpack-shift.h).
 *
 * The caller must be in its own mount namespace.  A failure leaves a partial tree.  -ENOSPC: the
 * volume is full.  -EDQUOT: the limit is exceeded.
 */
int unpack(const struct unpack *u, struct unpack_result *ret, struct err *e);

/*
 * Check that a file begins like a supported archive, before anything is created or replaced.  Reads
 * in a confined child, too; keeps the file offset of fd.
 */
int unpack_probe(int fd, const char *name, struct err *e);

#endif
