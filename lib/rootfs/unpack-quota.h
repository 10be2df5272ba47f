/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits the size of an unpacked archive.  Counts blocks and names before they are written, and
 * ignores sizes in the archive's headers and holes in files.
 */
#ifndef LIB_ROOTFS_UNPACK_QUOTA_H
#define LIB_ROOTFS_UNPACK_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/host/free-space.h"

struct archive_entry;

struct unpack_limit {
	uint64_t bytes, files; /* 0: no limit */
	bool keep_room;        /* leave free space: the tree is on a file system of the host */
	struct room storage;   /* free space below a volume's own file system */
};

#define UNPACK_NO_LIMIT { .storage = ROOM_NO_LIMIT }

struct unpack_meter {
	const struct unpack_limit *limit;
	const char *archive;      /* for messages */
	uint64_t bytes, files;    /* counted so far */
	struct room room;         /* free at the start, less what other programs have taken since */
	uint64_t next_bytes, next_files; /* when to check the file system again */
	int64_t next_block;       /* first block of the current file that is not counted yet */
	char *parent;             /* a folder known to exist */
};

/* limit may be NULL: no limit. */
void unpack_meter_begin(struct unpack_meter *m, const struct unpack_limit *limit,
			const char *archive);
void unpack_meter_done(struct unpack_meter *m);

/*
 * Count a member, or a part of its data, before it is written.  name is relative to the working
 * folder, which is the top of the new tree.  -EDQUOT with cause and remedy: the limit is reached.
 */
int unpack_meter_member(struct unpack_meter *m, struct archive_entry *entry, const char *name,
			struct err *e);
int unpack_meter_data(struct unpack_meter *m, uint64_t size, int64_t offset, struct err *e);

#endif
