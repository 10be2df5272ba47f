/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a template archive: tar (pax), all members belong to root; compressed with zstd unless its
 * name ends in .tar.
 *
 * After the first failure, later calls do nothing, and pack_commit() returns the error.
 */
#ifndef LIB_ROOTFS_PACK_H
#define LIB_ROOTFS_PACK_H

#include <sys/types.h>

struct err;
struct pack;

/* Write to a file with a random name beside path, so that readers never see a partial archive. */
int pack_open(const char *path, struct pack **ret, struct err *e);
/* Without a pack_commit(), removes the file.  Accepts NULL. */
void pack_free(struct pack *p);

/* Member names have no leading slash; parents come before children. */
void pack_folder(struct pack *p, const char *member, mode_t mode);
void pack_link(struct pack *p, const char *member, const char *target);
/* Adds a copy of the host's file path. */
void pack_file(struct pack *p, const char *member, mode_t mode, const char *path);

/* Close, sync, and rename to path. */
int pack_commit(struct pack *p, struct err *e);

#endif
