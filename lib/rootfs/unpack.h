/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unpacking a template into a new rootfs, in a child that can reach nothing else. */
#ifndef LIB_ROOTFS_UNPACK_H
#define LIB_ROOTFS_UNPACK_H

#include <stdatomic.h>
#include <stdint.h>

struct err;
struct idmap;
struct unpack_limit;

/* What another process may watch; in memory shared with the child (MAP_SHARED). */
struct unpack_progress {
	_Atomic uint64_t read; /* bytes of the archive */
};

struct unpack {
	int fd;                  /* file or pipe, read from where it is; stays open */
	const char *name;        /* for messages */
	const char *target;      /* an empty folder, the new tree's top */
	const struct idmap *map; /* unpack as root of this user namespace; NULL: the caller's */
	struct unpack_progress *progress; /* NULL: nobody watches */
	const struct unpack_limit *limit; /* NULL: what the volume holds */
};

struct unpack_result {
	uint64_t members, devices, attributes; /* unpacked; skipped: device nodes, xattrs */
};

/*
 * tar, compressed with gzip, xz, zstd or not at all, told by content.  The child enters the
 * user namespace, a private mount namespace in which the new tree is the root, and Landlock; ids
 * are numbers, nothing is looked up or executed.  Names are taken without leading "./" and "/"; one
 * with "..", one of PATH_MAX bytes, one that leads through a symbolic link, and a top that is no
 * folder are errors, as is an id that the map does not have.  Device nodes are left out.
 *
 * The caller has a mount namespace of its own.  On failure the tree is partly there.  -ENOSPC:
 * the volume is full.  -EDQUOT: it would be more than limit allows.
 */
int unpack(const struct unpack *u, struct unpack_result *ret, struct err *e);

/*
 * Whether a file begins as such an archive does, before anything is made or replaced.  Reads in a
 * confined child as well; the offset of fd is what it was.
 */
int unpack_probe(int fd, const char *name, struct err *e);

#endif
