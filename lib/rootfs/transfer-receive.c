/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/host/free-space.h"
#include "lib/rootfs/transfer-internal.h"
#include "lib/rootfs/transfer.h"

#define MAX_LINKS 40	      /* path_resolution(7) */
#define SYNC_BYTES (64 << 20) /* so that no single sync takes long */
#define TEMP_MAX 32

/* ---- the place ---- */

void transfer_place_done(struct transfer_place *place)
{
	util_closep(&place->dir);
	free(place->name);
	free(place->path);
}

/* The last component of a path, and the rest; "" and "." stand for folders. */
static void split(const char *path, char **ret_parent, char **ret_name)
{
	size_t end = strlen(path), from;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (from = end; from > 0 && path[from - 1] != '/'; from--)
		continue;
	*ret_name = xstrndup(path + from, end - from);
	*ret_parent = from ? xstrndup(path, from) : xstrdup(".");
}

static bool is_name(const char *name)
{
	return *name && strlen(name) <= NAME_MAX && !strchr(name, '/') && !str_eq(name, ".") &&
	       !str_eq(name, "..");
}

static int open_parent(int root, const char *parent, struct err *e)
{
	int fd = transfer_resolve(root, parent, O_RDONLY | O_DIRECTORY);

	if (fd >= 0)
		return fd;
	errno = -fd;
	if (fd == -ENOENT) {
		err_set(e, ENOENT, parent, "this folder does not exist");
		return err_remedy(e, "make the folder first");
	}
	return err_sys(e, parent, "open the folder");
}

/*
 * In a folder such as /tmp, a file or link of another user may be a trap.  The kernel's
 * protected_symlinks and protected_regular (proc_sys_fs(5)) do not see a link that is read, nor a
 * file that is replaced.
 */
static int check_owner(const struct transfer_place *place, const struct stat *st, struct err *e)
{
	const mode_t shared = S_ISVTX | S_IWOTH;
	struct stat folder;

	if (fstat(place->dir, &folder) < 0)
		return err_sys(e, place->path, "look at its folder");
	if ((folder.st_mode & shared) != shared || st->st_uid == geteuid() ||
	    st->st_uid == folder.st_uid)
		return 0;
	err_set(e, EACCES, place->path, "is %s of another user, in a folder of all users",
		transfer_kind(st->st_mode));
	return err_remedy(e, "remove it, or choose another name or folder");
}

/* Returns 1 if the name is a link: *path becomes its target. */
static int look(struct transfer_place *place, const char *parent, char **path, struct err *e)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (!is_name(place->name)) {
		place->mode = S_IFDIR;
		return 0;
	}
	if (fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, *path, "look at it");
	if (check_owner(place, &st, e) < 0)
		return err_code(e);
	if (!S_ISLNK(st.st_mode)) {
		place->mode = st.st_mode;
		place->uid = st.st_uid;
		place->gid = st.st_gid;
		return 0;
	}
	n = readlinkat(place->dir, place->name, target, sizeof target);
	if (n <= 0 || n == sizeof target)
		return err_sys(e, *path, "read the link");
	target[n] = '\0';
	free(*path);
	*path = target[0] == '/' ? xstrdup(target) : xasprintf("%s/%s", parent, target);
	return 1;
}

int transfer_place_open(int root, const char *path, struct transfer_place *ret, struct err *e)
{
	autofree char *at = xstrdup(path);

	for (int links = 0; links <= MAX_LINKS; links++) {
		struct transfer_place place = TRANSFER_PLACE_INIT;
		autofree char *parent = NULL;
		int r;

		split(at, &parent, &place.name);
		place.path = xstrdup(at);
		r = place.dir = open_parent(root, parent, e);
		if (r >= 0)
			r = look(&place, parent, &at, e);
		if (r == 0) {
			*ret = place;
			return 0;
		}
		transfer_place_done(&place);
		if (r < 0)
			return r;
	}
	errno = ELOOP;
	return err_sys(e, path, "follow the links");
}

static int check_place(const struct transfer_place *place, enum transfer_type type, struct err *e)
{
	if (!place->mode || (type == TRANSFER_FILE && S_ISREG(place->mode)))
		return 0;
	if (type == TRANSFER_FOLDER) {
		err_set(e, EEXIST, place->path, "exists already");
		return err_remedy(e, "a folder is copied to a new name: choose one, or remove %s",
				  place->path);
	}
	err_set(e, S_ISDIR(place->mode) ? EISDIR : EINVAL, place->path, "is %s",
		transfer_kind(place->mode));
	return S_ISDIR(place->mode) ? err_remedy(e, "add the name of the file to it")
				    : err_remedy(e, "name a regular file, or a new one");
}

/* ---- receiving ---- */

struct receiver {
	struct transfer *t;
	const struct transfer_owner *owner;
	char data[TRANSFER_DATA_MAX + 1];
	uint64_t unsynced;
	bool folder, sparse; /* sparse: holes may stay holes */
	unsigned depth;
};

static int bad(struct err *e)
{
	return err_set(e, EPROTO, NULL, "the sender's data is not valid");
}

static int charge(struct receiver *rx, uint64_t bytes, uint64_t files, struct err *e)
{
	struct room *room = rx->t->room;
	char kept[ROOM_TEXT_MAX];

	if (!room)
		return 0;
	if (bytes > room->bytes || files > room->files) {
		err_set(e, ENOSPC, NULL,
			"there is not enough space: %s and %" PRIu64
			" files of the file system stay free",
			room_text(room->kept_bytes, kept), room->kept_files);
		return err_remedy(e, "free some space, or choose another file system");
	}
	room->bytes -= bytes;
	room->files -= files;
	return 0;
}

static int write_data(struct receiver *rx, int fd, uint32_t len, const char *path, struct err *e)
{
	int r = charge(rx, len, 0, e);

	if (r == 0) {
		r = file_write_all(fd, rx->data, len);
		if (r < 0) {
			errno = -r;
			return err_sys(e, path, "write");
		}
	}
	rx->unsynced += len;
	if (r < 0 || rx->unsynced < SYNC_BYTES)
		return r;
	rx->unsynced = 0;
	return (rx->folder ? syncfs(fd) : fdatasync(fd)) < 0 && errno != EINVAL
		       ? err_sys(e, path, "write")
		       : 0;
}

static int write_hole(struct receiver *rx, int fd, uint64_t len, const char *path, struct err *e)
{
	int r = 0;

	if (len > INT64_MAX)
		return bad(e);
	if (rx->sparse)
		return lseek(fd, (off_t)len, SEEK_CUR) < 0 ? err_sys(e, path, "write") : 0;
	memset(rx->data, 0, sizeof rx->data);
	while (r == 0 && len) {
		uint32_t n = len < TRANSFER_DATA_MAX ? (uint32_t)len : TRANSFER_DATA_MAX;

		len -= n;
		r = interrupt_check(e);
		if (r == 0)
			r = write_data(rx, fd, n, path, e);
	}
	return r;
}

/* Receive contents, up to the end of the file. */
static int take_contents(struct receiver *rx, int fd, const char *path, struct err *e)
{
	for (;;) {
		struct transfer_record record;
		int r = transfer_get(rx->t, &record, rx->data, e);

		if (r < 0)
			return r;
		if (record.type == TRANSFER_END)
			return 0;
		if (record.type == TRANSFER_DATA)
			r = write_data(rx, fd, record.len, path, e);
		else if (record.type == TRANSFER_HOLE)
			r = write_hole(rx, fd, record.number, path, e);
		else
			return bad(e);
		if (r < 0)
			return r;
	}
}

static int give(const struct receiver *rx, int dir, const char *name, const char *path,
		struct err *e)
{
	const struct transfer_owner *o = rx->owner;

	if (o->uid < 0 && o->gid < 0)
		return 0;
	if (fchownat(dir, name, (uid_t)o->uid, (gid_t)o->gid,
		     AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH)) == 0)
		return 0;
	if (errno == EINVAL) {
		err_set(e, EINVAL, path, "its owner has no id here");
		return err_remedy(e, "choose a user and a group within the container's id map");
	}
	return err_sys(e, path, "change the owner");
}

static int take_file(struct receiver *rx, int dir, const char *name, mode_t mode, const char *path,
		     struct err *e)
{
	autoclose int fd = -1;
	off_t end;
	int r = charge(rx, 0, 1, e);

	if (r < 0)
		return r;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, path, "make");
	r = take_contents(rx, fd, path, e);
	if (r < 0)
		return r;
	/* A hole at the end. */
	end = lseek(fd, 0, SEEK_CUR);
	if (end < 0 || ftruncate(fd, end) < 0)
		return err_sys(e, path, "write");
	r = give(rx, fd, "", path, e);
	if (r == 0 && fchmod(fd, mode) < 0)
		r = err_sys(e, path, "set the mode");
	if (r == 0 && !rx->folder && fsync(fd) < 0)
		r = err_sys(e, path, "write");
	return r;
}

/* The data is "NAME\0TARGET". */
static int take_link(struct receiver *rx, int dir, uint32_t len, const char *folder, struct err *e)
{
	const char *name = rx->data, *target = name + strlen(name) + 1;
	autofree char *path = NULL;
	int r;

	if (!is_name(name) || target >= rx->data + len || !*target)
		return bad(e);
	path = xasprintf("%s/%s", folder, name);
	r = charge(rx, 0, 1, e);
	if (r == 0 && symlinkat(target, dir, name) < 0)
		r = err_sys(e, path, "make the link");
	return r < 0 ? r : give(rx, dir, name, path, e);
}

/* The data is "PATH\0REASON". */
static int take_skipped(struct receiver *rx, uint32_t len, struct err *e)
{
	const char *why = rx->data + strlen(rx->data) + 1;

	if (!rx->t->skipped || why > rx->data + len)
		return bad(e);
	rx->t->skipped(rx->t->arg, rx->data, why);
	return 0;
}

static int take_folder(struct receiver *rx, int parent, const char *name, mode_t mode,
		       const char *path, struct err *e);

/* Receive a file or a folder whose name is the data of the record. */
static int take_named(struct receiver *rx, int dir, const struct transfer_record *record,
		      const char *folder, struct err *e)
{
	autofree char *name = xstrdup(rx->data), *path = xasprintf("%s/%s", folder, name);
	mode_t mode = record->mode & 0777;

	if (!is_name(name) || strlen(name) != record->len)
		return bad(e);
	if (record->type == TRANSFER_FILE)
		return take_file(rx, dir, name, mode, path, e);
	return record->type == TRANSFER_FOLDER ? take_folder(rx, dir, name, mode, path, e) : bad(e);
}

/* Receive the entries of an open folder. */
static int take_entries(struct receiver *rx, int dir, const char *path, struct err *e)
{
	for (;;) {
		struct transfer_record record;
		int r = transfer_get(rx->t, &record, rx->data, e);

		if (r < 0)
			return r;
		if (record.type == TRANSFER_END)
			return 0;
		if (record.type == TRANSFER_LINK)
			r = take_link(rx, dir, record.len, path, e);
		else if (record.type == TRANSFER_SKIPPED)
			r = take_skipped(rx, record.len, e);
		else
			r = take_named(rx, dir, &record, path, e);
		if (r < 0)
			return r;
	}
}

static int take_folder(struct receiver *rx, int parent, const char *name, mode_t mode,
		       const char *path, struct err *e)
{
	autoclose int dir = -1;
	int r = charge(rx, 0, 1, e);

	if (r < 0)
		return r;
	if (rx->depth == TRANSFER_DEPTH)
		return bad(e);
	if (mkdirat(parent, name, 0700) < 0)
		return err_sys(e, path, "make the folder");
	dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, path, "open the folder");
	rx->depth++;
	r = take_entries(rx, dir, path, e);
	rx->depth--;
	if (r == 0)
		r = give(rx, dir, "", path, e);
	if (r == 0 && fchmod(dir, mode) < 0)
		r = err_sys(e, path, "set the mode");
	if (r == 0 && rx->depth == 0 && syncfs(dir) < 0)
		r = err_sys(e, path, "write");
	return r;
}

/* ---- the whole ---- */

static void remove_tree(int parent, const char *name, unsigned depth);

/* Processes in the container may add to a folder as fast as this removes: one look is enough. */
static void remove_entries(int dir, unsigned depth)
{
	DIR *list = fdopendir(dir);
	struct dirent *entry;

	if (!list) {
		close(dir);
		return;
	}
	while (depth < TRANSFER_DEPTH && (entry = readdir(list)))
		if (!str_eq(entry->d_name, ".") && !str_eq(entry->d_name, ".."))
			remove_tree(dirfd(list), entry->d_name, depth + 1);
	closedir(list);
}

static void remove_tree(int parent, const char *name, unsigned depth)
{
	int dir;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return;
	dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return;
	remove_entries(dir, depth);
	unlinkat(parent, name, AT_REMOVEDIR);
}

static int temp_name(char ret[TEMP_MAX], struct err *e)
{
	uint64_t salt;

	if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
		return err_set(e, EIO, NULL, "the kernel gives no random bytes");
	snprintf(ret, TEMP_MAX, ".pct-%016" PRIx64, salt);
	return 0;
}

/* Keeps the owner and mode of a file that is replaced, unless they are given. */
static struct transfer_owner owner_of(const struct transfer_place *place,
				      const struct transfer_owner *given)
{
	struct transfer_owner owner = *given;

	if (place->mode) {
		owner.uid = given->uid < 0 ? place->uid : given->uid;
		owner.gid = given->gid < 0 ? place->gid : given->gid;
		owner.fresh_mode = place->mode & 07777;
	}
	if (given->mode >= 0)
		owner.fresh_mode = (mode_t)given->mode;
	return owner;
}

static int put_in_place(const struct transfer_place *place, const char *temp, bool folder,
			struct err *e)
{
	int r = renameat2(place->dir, temp, place->dir, place->name, folder ? RENAME_NOREPLACE : 0);

	if (r < 0 && folder && errno == EINVAL) /* an old network file system */
		r = renameat(place->dir, temp, place->dir, place->name);
	if (r < 0 && errno == EBUSY) {
		err_set(e, EBUSY, place->path, "is a mount point, and cannot be replaced");
		return err_remedy(e, "copy to another name");
	}
	if (r < 0)
		return err_sys(e, place->path, "make");
	return fsync(place->dir) < 0 && errno != EINVAL ? err_sys(e, place->path, "sync its folder")
							: 0;
}

static int take_top(struct receiver *rx, const struct transfer_place *place, const char *temp,
		    const struct transfer_record *record, struct err *e)
{
	rx->folder = record->type == TRANSFER_FOLDER;
	if ((record->type != TRANSFER_FILE && !rx->folder) || record->len)
		return bad(e);
	if (check_place(place, record->type, e) < 0)
		return err_code(e);
	if (!rx->folder)
		return take_file(rx, place->dir, temp, rx->owner->fresh_mode, place->path, e);
	if (rx->owner->mode >= 0) {
		err_set(e, EINVAL, place->path,
			"the source is a folder, whose files have their "
			"own modes");
		return err_remedy(e, "leave out --perms");
	}
	return take_folder(rx, place->dir, temp, record->mode & 0777, place->path, e);
}

int transfer_receive(struct transfer *t, const struct transfer_place *place,
		     const struct transfer_owner *owner, struct err *e)
{
	struct transfer_owner used = owner_of(place, owner);
	struct receiver rx = { .t = t, .owner = &used, .sparse = true };
	struct transfer_record record;
	char temp[TEMP_MAX];
	int r = transfer_get(t, &record, rx.data, e);

	if (r == 0)
		r = temp_name(temp, e);
	if (r < 0)
		return r;
	r = take_top(&rx, place, temp, &record, e);
	if (r == 0)
		r = put_in_place(place, temp, rx.folder, e);
	if (r < 0)
		remove_tree(place->dir, temp, 0);
	return r;
}

int transfer_receive_to(struct transfer *t, int fd, const char *path, struct err *e)
{
	struct receiver rx = { .t = t };
	struct transfer_record record;
	int r = transfer_get(t, &record, rx.data, e);

	if (r < 0)
		return r;
	if (record.type == TRANSFER_FOLDER) {
		err_set(e, EISDIR, NULL, "is a folder");
		return err_remedy(e, "give the name of a new folder instead of -");
	}
	return record.type == TRANSFER_FILE ? take_contents(&rx, fd, path, e) : bad(e);
}
