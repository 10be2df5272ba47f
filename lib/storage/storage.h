/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Storages and volumes: /etc/pve/storage.cfg, and "local" at /var/lib/vz without it.  A volume id
 * is STORAGE:NAME, where the storage's type says what a name looks like.
 *
 * A type is one file with two const structs: struct volume_ops has what a start needs and is all
 * that a hook links of it, struct storage_ops has the rest.  lib/storage/dir.c is the example.
 */
#ifndef LIB_STORAGE_STORAGE_H
#define LIB_STORAGE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct err;

struct storage {
	const struct volume_ops *ops;
	char *id;
	bool has_images, has_templates; /* content rootdir and images, vztmpl */
	char *path; /* dir */
};

enum volume_form {
	VOLUME_RAW,  /* an image with a file system in it */
	VOLUME_TREE, /* a folder */
};

struct volume {
	const struct volume_ops *ops;
	enum volume_form form;
	char *id;   /* STORAGE:NAME */
	char *path; /* of the image or folder */
};

/* ---- a type ---- */

/* A key of its sections in storage.cfg; each is required. */
struct storage_key {
	const char *name;
	size_t field;     /* of struct storage: a char * */
	bool (*is_valid)(const char *value);
	const char *form; /* of a value: "an absolute path" */
};

struct volume_ops {
	const char *type; /* as storage.cfg spells it */
	const struct storage_key *keys; /* ends with name NULL */
	/* Fill ret but for its id, and *ret_owner; it need not exist.  False: no such name. */
	bool (*locate)(const struct storage *s, const char *name, unsigned *ret_owner,
		       struct volume *ret);
	/*
	 * A detached mount of the volume, as a descriptor; attributes are fsmount(2)'s.  -EBUSY
	 * while it is attached elsewhere.  What was attached goes with the mount.
	 */
	int (*mount)(const struct volume *v, unsigned attributes, struct err *e);
};

struct storage_ops {
	const char *type;
	/* The name of a new root volume of gib GiB; 0: a tree.  The caller frees. */
	char *(*root_name)(unsigned ctid, unsigned gib);
	/* Make it, empty, for good or not at all; -EEXIST: it is there. */
	int (*create)(const struct volume *v, unsigned gib, struct err *e);
	/* Missing is fine.  -EBUSY while it is attached. */
	int (*remove)(const struct volume *v, struct err *e);
};

extern const struct volume_ops volume_dir;
extern const struct storage_ops storage_dir;

/* ---- storages: lib/storage/storage-cfg.c ---- */

/* Those of this node, of the types that we have; ends with id NULL.  storage_list_free() it. */
int storage_list(struct storage **ret, struct err *e);
void storage_list_free(struct storage *list);
void storage_list_freep(struct storage **list);
#define autostorage __attribute__((cleanup(storage_list_freep)))

int storage_find(const struct storage *list, const char *id, const struct storage **ret,
		 struct err *e);
/* Fails unless there is such a storage, and it takes containers. */
int storage_check(const char *id, struct err *e);

bool storage_name_valid(const char *s);
/* A file name of ours: no folder, nothing hidden, nothing that a shell or liblxc would expand. */
bool storage_file_valid(const char *s);

/* ---- volumes ---- */

/* ctid must own it: -EINVAL for another's.  It need not exist.  Free with volume_done(). */
int volume_find(const char *volid, unsigned ctid, struct volume *ret, struct err *e);
void volume_done(struct volume *v);

/* The volume id that volume_create() will give; the caller frees. */
int volume_root_id(const char *storage, unsigned ctid, unsigned gib, char **ret, struct err *e);
/*
 * Allocate CTID's root volume on a storage: of gib GiB with ext4 whose top is root's, or for gib 0
 * a folder.  Only root of the host reaches it.
 */
int volume_create(const char *storage, unsigned ctid, unsigned gib, struct volume *ret,
		  struct err *e);
int volume_remove(const struct volume *v, struct err *e); /* missing is fine */

/* Check that a config names a root volume; path is for messages. */
int volume_check_named(const struct conf *conf, const char *path, struct err *e);
/* Check the ids of all its volumes, and, where present is set, that they are there. */
int volumes_check(const struct conf *conf, bool present, struct err *e);
int volumes_remove(const struct conf *conf, struct err *e);

/* A template by bare name, path or volume id; *ret is its path, the caller frees. */
int template_find(const char *spec, char **ret, struct err *e);

#endif
