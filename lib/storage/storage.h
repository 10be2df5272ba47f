/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Storages and volumes: /etc/pve/storage.cfg, and "local" at /var/lib/vz without it.
 * A volume id is STORAGE:CTID/NAME (raw image or subvol folder) or STORAGE:vztmpl/NAME.
 */
#ifndef LIB_STORAGE_STORAGE_H
#define LIB_STORAGE_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct err;

struct storage {
	char *id, *path;
	bool has_images, has_templates; /* content rootdir and images, vztmpl */
};

/* All dir storages, ended by one whose id is NULL; freed with storage_list_free(). */
int storage_list(struct storage **ret, struct err *e);
void storage_list_free(struct storage *list);

/* Fails unless there is such a storage, and it takes containers. */
int storage_check(const char *id, struct err *e);

enum volume_kind { VOLUME_RAW, VOLUME_SUBVOL };

struct volume {
	enum volume_kind kind;
	char *id;   /* volume id */
	char *path; /* image file or folder */
};
void volume_done(struct volume *v);

/* Where a volume lies.  ctid must own it: -EINVAL for another's.  It need not exist. */
int volume_find(const char *volid, unsigned ctid, struct volume *ret, struct err *e);

/* Check that a config names a root volume; path is for messages. */
int volume_check_named(const struct conf *conf, const char *path, struct err *e);
/* Check that, too, and that the storage has the volume. */
int volume_check(const struct conf *conf, struct err *e);

/* The volume id that volume_create() will give; the caller frees. */
char *volume_root_id(const char *storage, unsigned ctid, unsigned gib);

/*
 * Allocate CTID's root volume on a storage: a sparse raw image of gib GiB with ext4 (root_owner as
 * given), or for gib 0 a subvol folder.  Folder images/CTID is 0700 root.
 */
int volume_create(const char *storage, unsigned ctid, unsigned gib, struct volume *ret,
		  struct err *e);
int volume_remove(const struct volume *v, struct err *e); /* missing is fine */

/* A template by bare name, path or volume id; *ret is its path, the caller frees. */
int template_find(const char *spec, char **ret, struct err *e);

#endif
