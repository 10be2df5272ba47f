/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The datasets in a ZFS pool, or in a dataset of it, and its space, as zfs(8) prints them. */
#ifndef LIB_STORAGE_TYPE_ZFS_POOL_H
#define LIB_STORAGE_TYPE_ZFS_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/storage/storage.h"

#define ZFS_DEVICES "/dev/zvol/" /* udev names the block device of POOL/NAME so */

/* Whether a dataset's name is KIND-CTID-TEXT; KIND tells its form, and if it is of a template. */
bool zfs_parse_name(const char *name, unsigned *ret_owner, enum volume_form *ret_form,
		    bool *ret_base);
bool zfs_is_base(const char *name);
/* POOL/NAME, as ZFS names the volume; part of its path. */
const char *zfs_dataset(const struct volume *v);

/* Fails unless the pool works.  *ret_state is as zpool(8) names it; NULL: not wanted. */
int zfs_check_pool(const struct storage *s, char ret_state[16], struct err *e);
/* Get the lines that a command prints; maybe none, but not NULL.  Free with strv_free(). */
int zfs_ask(const char *const argv[], char ***ret, struct err *e);
/* Returns 1 if the pool has the dataset, 0 if not, or an error. */
int zfs_exists(const struct volume *v, struct err *e);

/* Members of struct storage_ops. */
int zfspool_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e);
int zfspool_list_sizes(const struct storage *s, unsigned ctid, char ***ret, struct err *e);
int zfspool_status(const struct storage *s, struct storage_status *ret, struct err *e);

#endif
