/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Storages and volumes, from /etc/pve/storage.cfg; without that file there is one storage, "local"
 * at /var/lib/vz.  A volume id is STORAGE:NAME; the storage's type defines the form of NAME.
 *
 * A storage type is one file with two const structs: struct volume_ops is used at a start, and is
 * the only part that hooks link; struct storage_ops is the rest.  See lib/storage/type/dir.c for an
 * example.
 */
#ifndef LIB_STORAGE_STORAGE_H
#define LIB_STORAGE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct conf;
struct conf_volume;
struct err;
struct idmap;
struct volume_space;

/* Whether this node can use a storage. */
enum storage_use {
	STORAGE_USABLE,
	STORAGE_DISABLED,   /* by "disable" */
	STORAGE_OTHER_NODE, /* "nodes" does not have this node */
	STORAGE_UNKNOWN,    /* pct does not know the type */
};

struct storage {
	const struct volume_ops *ops; /* NULL: STORAGE_UNKNOWN */
	enum storage_use use;
	unsigned line; /* of its section; 0: "local" without one */
	bool has_images, has_templates; /* content: rootdir and images; vztmpl */
	bool has_snippets;              /* content: snippets */
	char *id, *type;
	/* Values of the keys in its section; NULL: not given.  storage_flag() reads booleans. */
	char *content, *nodes, *disable, *shared;
	char *path, *mkdir, *create_base_path, *create_subdirs, *is_mountpoint;
	char *format, *preallocation, *nocow, *prune_backups, *maxfiles, *options;
	char *pool, *vgname, *thinpool, *saferemove, *sparse, *blocksize, *mountpoint;
	char *monhost, *username, *keyring, *krbd, *namespace, *data_pool;
	char *server, *export, *share;
};

enum volume_form {
	VOLUME_RAW,  /* an image with a file system */
	VOLUME_TREE, /* a folder */
};

struct volume {
	const struct volume_ops *ops;
	enum volume_form form;
	char *id;   /* STORAGE:NAME */
	char *path; /* path of the image, folder or device, or as the type's programs name it */
	struct storage *storage; /* a copy of its own */
};

/* ---- a type ---- */

/* A key of storage.cfg: lib/storage/storage-key.c. */
struct storage_key {
	const char *name;
	size_t field;     /* offset of a char * in struct storage */
	bool (*is_valid)(const char *value);
	const char *form; /* description of its values: "an absolute path" */
	bool common;      /* all types have it */
	bool lenient;     /* pct does not act on it, so a file may have any value */
};

extern const struct storage_key storage_keys[]; /* ends with name NULL */
char **storage_field(struct storage *s, const struct storage_key *key);
/* The boolean value of a key that was valid; otherwise, if it is not given. */
bool storage_flag(const char *value, bool otherwise);

/* The owner of a volume's top folder, as it is on disk. */
struct volume_owner {
	uid_t uid;
	gid_t gid;
};

/* Options of the file system, which all mounts of the volume share. */
enum volume_flags {
	VOLUME_DISCARD = 1, /* tell the storage of removed files */
	VOLUME_LAZYTIME = 2,
	VOLUME_ACL = 4,
	VOLUME_NO_ACL = 8,
	VOLUME_QUOTA = 16,
	VOLUME_READ_ONLY = 32,
	VOLUME_NO_JOURNAL = 64, /* with VOLUME_READ_ONLY: not even the journal is written */
};

struct volume_ops {
	const char *type; /* as storage.cfg spells it */
	/* Names of the type's keys in storage.cfg besides the common ones, with blanks between. */
	const char *required, *optional; /* optional may be NULL */
	/*
	 * Fill ret except id and storage, and *ret_owner.  The volume need not exist.  False:
	 * invalid name.
	 */
	bool (*locate)(const struct storage *s, const char *name, unsigned *ret_owner,
		       struct volume *ret);
	/*
	 * Check everything that mount() checks, except whether the volume is attached, and change
	 * nothing.  Also works for an attached volume.
	 */
	int (*look)(const struct volume *v, struct volume_owner *ret, struct err *e);
	/*
	 * Returns a descriptor of a detached mount of the volume.  Devices attached for it detach
	 * on unmount, or by detach_idle().  flags: enum volume_flags; a folder has none.
	 * -EBUSY: the volume is attached elsewhere.
	 */
	int (*mount)(const struct volume *v, unsigned flags, struct err *e);
	/*
	 * Fails if users of the host can execute files of the volume: then its ids cannot be
	 * mapped, since a setuid program of container root would be one of host root's.  NULL:
	 * mount() and look() check that.
	 */
	int (*check_hidden)(const struct volume *v, struct err *e);
	/* As volume_detach_idle(), for the type's volumes; NULL: all detach on unmount. */
	void (*detach_idle)(unsigned ctid);
};

#define VOLUME_DEVICE_MAX 32

enum storage_can {
	STORAGE_CAN_WRITE = 1,
	STORAGE_CAN_IMAGES = 2, /* volumes of the form raw, whose size is a hard limit */
	STORAGE_CAN_FOLDERS = 4, /* volumes of the form tree */
	STORAGE_CAN_LIMIT_FOLDERS = 8, /* these have a size, which is a hard limit */
	STORAGE_CAN_REFLINK = 16, /* copy an image at once, by sharing its blocks */
};

/* A plain struct, since a child sends it. */
struct storage_status {
	uint64_t size, used, available; /* bytes; volumes share them */
	char on[32];                    /* "ext4", "LVM" */
	/* Something that needs an administrator although the storage works; may be empty. */
	char warning[96], remedy[64];
	unsigned can;                   /* enum storage_can */
};

struct storage_ops {
	const char *type;
	/*
	 * Look at what is there.  Runs in a child with a time limit, so it may wait for a server.
	 * The error's object is the folder, pool or server.
	 */
	int (*status)(const struct storage *s, struct storage_status *ret, struct err *e);
	/*
	 * Name a new root volume, whose form is in its name: with a size of mib MiB, which limits
	 * it; 0: a folder without a limit.  NULL: the type has no such form.  The caller frees.
	 */
	char *(*root_name)(const struct storage *s, unsigned ctid, uint64_t mib);
	/* The same for the volume of a mount point; n tells those of a container apart. */
	char *(*disk_name)(const struct storage *s, unsigned ctid, uint64_t mib, unsigned n);
	/* Create an empty volume, synced to disk, or nothing.  -EEXIST: it exists. */
	int (*create)(const struct volume *v, uint64_t mib, struct err *e);
	/* Remove the volume; a missing one is no error.  -EBUSY: it is attached. */
	int (*remove)(const struct volume *v, struct err *e);
	/*
	 * Check what remove() checks of an existing volume, except whether it is attached; NULL:
	 * nothing else.
	 */
	int (*check_remove)(const struct volume *v, struct err *e);
	/*
	 * List the names of a container's volumes on a storage, as in their ids; NULL: none.  ctid
	 * 0: of all containers.  Free with strv_free().
	 */
	int (*list)(const struct storage *s, unsigned ctid, char ***ret, struct err *e);
	/* The same with sizes, as "NAME BYTES"; NULL: size() of each is as quick. */
	int (*list_sizes)(const struct storage *s, unsigned ctid, char ***ret, struct err *e);

	/* ---- only for volumes that have a size: volume_has_size() ---- */

	/* Volumes of the form tree have a size, too, which limits their files. */
	bool limits_folders;
	/* Get the size in bytes; 0: a folder without a limit.  -ENOENT: there is no such volume. */
	int (*size)(const struct volume *v, uint64_t *ret, struct err *e);
	/*
	 * Make it this large; if it is attached, its device, too.  Its file system keeps its size,
	 * unless it is a folder.
	 * After a failure or a power loss, the volume has the old size or the new one.  bytes may
	 * be less than the size only to take back a growth that the file system has not followed.
	 */
	int (*grow)(const struct volume *v, uint64_t bytes, struct err *e);

	/* ---- only for volumes of the form raw ---- */

	/*
	 * Get the space of a folder that has a size.  -ENXIO, without an error in e: it has none.
	 * NULL: its file system tells.
	 */
	int (*space)(const struct volume *v, struct volume_space *ret, struct err *e);

	/* ---- only for volumes of the form raw ---- */

	/*
	 * Take the lock that keeps others from attaching it, as mount() does.  Returns a descriptor
	 * that holds it.  -EBUSY: it is attached.
	 */
	int (*lock)(const struct volume *v, struct err *e);
	/*
	 * Find the block device of an attached volume, and write its path to ret.  Returns a
	 * descriptor that keeps it attached.  -ENXIO, without an error in e: it is not attached.
	 */
	int (*device)(const struct volume *v, char ret[VOLUME_DEVICE_MAX], struct err *e);
};

extern const struct volume_ops volume_btrfs, volume_dir, volume_lvm, volume_lvmthin,
	volume_rbd, volume_zfspool;
extern const struct storage_ops storage_btrfs, storage_dir, storage_lvm, storage_lvmthin,
	storage_rbd, storage_zfspool;

/* The other struct of a type. */
const struct storage_ops *storage_ops_of(const struct volume_ops *light);

/* ---- storages: lib/storage/storage-cfg.c ---- */

/* List the storages that this node can use; ends with id NULL.  Free with storage_list_free(). */
int storage_list(struct storage **ret, struct err *e);
/* List all storages of storage.cfg. */
int storage_list_all(struct storage **ret, struct err *e);
void storage_list_free(struct storage *list);
void storage_list_freep(struct storage **list);
/* Returns a list of one; free it with storage_list_free(). */
struct storage *storage_copy(const struct storage *s);
#define autostorage __attribute__((cleanup(storage_list_freep)))

/* Find a storage in a list by storage_list(); the error tells why it is not there. */
int storage_find(const struct storage *list, const char *id, const struct storage **ret,
		 struct err *e);
/* Fails unless the storage exists and may hold containers. */
int storage_check(const char *id, struct err *e);
/* Fails if is_mountpoint asks for a mount that is not there, or if pct may not make its folder. */
int storage_check_path(const struct storage *s, struct err *e);
/*
 * The storage for new volumes if none is named: "local" if it may hold containers, else the first
 * that may.  The caller frees.
 */
int storage_default(char **ret, struct err *e);
/* The types that pct supports, "dir, lvm"; the caller frees. */
char *storage_type_names(const char *separator);
/* NULL: pct does not support it. */
const struct volume_ops *storage_type_find(const char *name);

bool storage_name_valid(const char *s);
/*
 * Whether s is a plain file name: no folder, not hidden, no character special to a shell or liblxc.
 */
bool storage_file_valid(const char *s);

/* ---- volumes ---- */

/*
 * Find a volume, which need not exist.  -EINVAL if ctid does not own it; ctid 0: any container may.
 * Free with volume_done().
 */
int volume_find(const char *volid, unsigned ctid, struct volume *ret, struct err *e);
/* The same for several volumes: *list is NULL before the first, and belongs to the caller. */
int volume_find_in(struct storage **list, const char *volid, unsigned ctid, struct volume *ret,
		   struct err *e);
/* The same, for any container; *ret_owner is its CTID. */
int volume_find_owner(const char *volid, unsigned *ret_owner, struct volume *ret, struct err *e);
void volume_done(struct volume *v);
/*
 * Returns 1 if the volume exists, or something in its place, and 0 if not; or an error, if the
 * storage does not work.
 */
int volume_exists(const struct volume *v, struct err *e);
/*
 * Detach devices that pct attached for volumes, and that nothing uses.  For volumes of a container
 * that has just stopped, whose mounts end in a moment, waits a few seconds; ctid 0: there is none.
 */
void volume_detach_idle(unsigned ctid);
/* Whether id is the same volume, perhaps by another storage with the same folder. */
bool volume_is_same(const struct volume *v, const char *id);

#define VOLUME_MAX_MIB (UINT64_C(1) << 30)

/* The id that volume_create() will give to the volume; the caller frees. */
int volume_root_id(const char *storage, unsigned ctid, uint64_t mib, char **ret, struct err *e);
/*
 * Create CTID's root volume on a storage: an image of mib MiB with ext4, whose root directory
 * belongs to root, or a folder if mib is 0.  Only host root can access it.
 */
int volume_create(const char *storage, unsigned ctid, uint64_t mib, struct volume *ret,
		  struct err *e);
/* The id of a volume for a mount point; the caller frees.  The storage may have it. */
int volume_disk_id(const char *storage, unsigned ctid, uint64_t mib, unsigned n, char **ret,
		   struct err *e);
/* Create this volume, as volume_create().  -EEXIST: it exists. */
int volume_make(const struct volume *v, uint64_t mib, struct err *e);
/*
 * Give the top folder of a new volume to root of an unprivileged container, if the file system
 * cannot map ids: then its ids are shifted (lib/storage/shift.h).
 */
int volume_fit(const struct volume *v, const struct idmap *map, struct err *e);
/* Whether it has a size: a volume of the form raw, or a folder that its type limits. */
bool volume_has_size(const struct volume *v);
int volume_remove(const struct volume *v, struct err *e); /* a missing one is no error */
/* Fails if something besides its use keeps the volume from being removed, such as snapshots. */
int volume_check_remove(const struct volume *v, struct err *e);

/* enum volume_flags that a slot of the config asks for. */
unsigned volume_flags_of(const struct conf_volume *v);
/* Fails if the slot has words that exclude the container's kind. */
int volume_check_words(const struct conf *conf, const struct conf_volume *slot, struct err *e);
/*
 * Whether an unprivileged container sees the files of a folder of the host as nobody's, since it
 * has no id of the folder's owner; then *ret tells what to do.
 */
bool volume_hides_ids(const struct conf *conf, const struct conf_volume *v, struct err *ret);
/* Check that the config has a root volume; path is for messages. */
int volume_check_named(const struct conf *conf, const char *path, struct err *e);
/*
 * Check all that a start checks of one slot of the config, except whether the volume is attached.
 * A caller without the rights to look at the volume gets no error about it.
 */
int volume_check_slot(const struct conf *conf, const struct conf_volume *slot, struct err *e);

/*
 * Find a template by file name, path or volume id, or the newest one whose file name begins with
 * these words: "debian", "debian-13-standard".  -ENOENT: there is none.  -ENOTUNIQ: the newest
 * release has several kinds.  *ret is its path, the caller frees.
 */
int template_find(const char *spec, char **ret, struct err *e);

/*
 * Find a script by its volume id STORAGE:snippets/NAME, PATH/snippets/NAME of the storage.  Host
 * root executes it, so only host root may be able to change it: -EPERM otherwise.  The caller
 * frees.
 */
int snippet_find(const char *volid, char **ret, struct err *e);

#endif
