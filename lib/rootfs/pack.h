/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a template archive: tar (pax), everything belongs to root; compressed with zstd unless
 * its name ends in .tar.
 *
 * The first failure stays: later calls do nothing, and pack_commit() returns it.
 */
#ifndef LIB_ROOTFS_PACK_H
#define LIB_ROOTFS_PACK_H

#include <sys/types.h>

struct err;
struct pack;

/* The archive grows under a random name beside path.  A reader never sees half of one. */
int pack_open(const char *path, struct pack **ret, struct err *e);
/* Without pack_commit() nothing stays.  NULL is fine. */
void pack_free(struct pack *p);

/* Members are named without a leading slash, parents first. */
void pack_folder(struct pack *p, const char *member, mode_t mode);
void pack_link(struct pack *p, const char *member, const char *target);
/* A file of the host's, whose contents are copied. */
void pack_file(struct pack *p, const char *member, mode_t mode, const char *path);

/* Close, sync and rename to path. */
int pack_commit(struct pack *p, struct err *e);

#endif
