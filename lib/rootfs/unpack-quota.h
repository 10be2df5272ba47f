/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits what an archive unpacks to.  Counts blocks and names before they are written; sizes in the
 * archive's headers and holes in files do not count.
 */
#ifndef LIB_ROOTFS_UNPACK_QUOTA_H
#define LIB_ROOTFS_UNPACK_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/host/free-space.h"

struct archive_entry;

struct unpack_limit {
	uint64_t bytes, files; /* 0: none */
	bool keep_room;        /* the tree is on a file system of the host: others need some */
	struct room storage;   /* where it is a volume's own: what that lies on can give it */
};

#define UNPACK_NO_LIMIT { .storage = ROOM_NO_LIMIT }

struct unpack_meter {
	const struct unpack_limit *limit;
	const char *archive;      /* for messages */
	uint64_t bytes, files;    /* so far */
	struct room room;         /* when unpacking began, less what others have taken since */
	uint64_t next_bytes, next_files; /* when to look at the file system again */
	int64_t next_block;       /* of the file that is written: behind what is counted */
	char *parent;             /* a folder that is there */
};

/* limit may be NULL: none. */
void unpack_meter_begin(struct unpack_meter *m, const struct unpack_limit *limit,
			const char *archive);
void unpack_meter_done(struct unpack_meter *m);

/*
 * Count a member, whose name is relative to the working folder, the new tree's top; and a part of
 * its data.  Before they are written: -EDQUOT when they must not be, with cause and remedy.
 */
int unpack_meter_member(struct unpack_meter *m, struct archive_entry *entry, const char *name,
			struct err *e);
int unpack_meter_data(struct unpack_meter *m, uint64_t size, int64_t offset, struct err *e);

#endif
