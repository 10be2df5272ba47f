/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's own files.  A container's files are reached through lib/rootfs/rootfs.h alone. */
#ifndef LIB_BASE_FILE_H
#define LIB_BASE_FILE_H

#include <dirent.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * Read a regular file of at most max bytes.  *ret ends in NUL; the caller frees.  *ret_len may be
 * NULL.  -EFBIG above max.
 */
int file_read(const char *path, size_t max, char **ret, size_t *ret_len, struct err *e);
/*
 * The same from an open descriptor, which stays open; name is for messages.  Behind the data, the
 * buffer holds zeros up to a multiple of 4096 bytes: who expects a struct and gets less finds them.
 */
int file_read_fd(int fd, const char *name, size_t max, char **ret, size_t *ret_len, struct err *e);

/*
 * The same of a file in a folder that a container's root can write: no link is followed.  A file
 * that is not there is -ENOENT.
 */
int file_read_hostile(const char *path, size_t max, char **ret, struct err *e);

/* A file's lines, without empty ones.  The caller frees (strv_free); NULL: it cannot be read. */
char **file_lines(const char *path, size_t max);

/*
 * Replace path with data: exclusive random name in the same folder, mode, fsync, rename, fsync of
 * the folder.  Nothing is written when the file already holds these bytes.  Two writers of one
 * path exclude each other, by a lock of theirs: what one that was killed has left is removed.
 */
int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *e);

/* The folder name in parent, or AT_FDCWD; no link is followed.  NULL: it cannot be opened. */
DIR *file_open_folder(int parent, const char *name);

/* Remove what killed writers of path have left beside it. */
void file_remove_stale(const char *path);
/* The same in any folder, where temporary names are prefix and 16 hexadecimal digits. */
void file_remove_temps(int dirfd, const char *prefix);

/* Not being there is no error. */
int file_remove(const char *path, struct err *e);

/* Once a name was made or replaced: it is there after a power loss, too. */
int file_sync_parent(const char *path, struct err *e);

int file_write_all(int fd, const void *data, size_t len); /* 0 or -errno */

/* Make a folder and its missing parents, as mkdir -p; those that hold new ones are synced. */
int file_mkdirs(const char *path, mode_t mode, struct err *e);

/*
 * Take flock(LOCK_EX) on path, made when missing; wait at most seconds.  Returns the descriptor.
 * Nobody else can open the file, as that is all it takes to hold the lock.
 */
int file_lock(const char *path, unsigned seconds, struct err *e);

#endif
