/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the host.  Files of a container are accessed only through lib/rootfs/rootfs.h. */
#ifndef LIB_BASE_FILE_H
#define LIB_BASE_FILE_H

#include <dirent.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * Read a regular file of at most max bytes.  *ret ends in NUL; the caller frees.  ret_len may be
 * NULL.  -EFBIG: the file is larger than max.
 */
int file_read(const char *path, size_t max, char **ret, size_t *ret_len, struct err *e);
/*
 * Like file_read(), from an open descriptor, which stays open; name is for messages.  The buffer is
 * padded with zeros to a multiple of 4096 bytes, so that a short file can be read as a struct.
 */
int file_read_fd(int fd, const char *name, size_t max, char **ret, size_t *ret_len, struct err *e);

/*
 * Like file_read(), for a file in a folder that container root can write to: follows no link.
 * -ENOENT: the file does not exist.
 */
int file_read_hostile(const char *path, size_t max, char **ret, struct err *e);

/* Returns the non-empty lines of a file, or NULL if it cannot be read.  Free with strv_free(). */
char **file_lines(const char *path, size_t max);

/*
 * Replace path with data: create a file with a random name in the same folder, set its mode, fsync,
 * rename, fsync the folder.  Writes nothing if the file already holds these bytes.  The caller
 * holds a lock that excludes other writers of path: files left by killed writers are removed.
 */
int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *e);
/* The same without the syncs, for the run folder: its files do not survive a reboot. */
int file_write_volatile(const char *path, const void *data, size_t len, mode_t mode,
			struct err *e);

/* Open folder name in parent (or AT_FDCWD) without following a link.  NULL: it cannot be opened. */
DIR *file_open_folder(int parent, const char *name);

/* Remove the temporary files that killed writers of path left beside it. */
void file_remove_stale(const char *path);
/* Remove all files in a folder whose names are prefix and 16 hexadecimal digits. */
void file_remove_temps(int dirfd, const char *prefix);

/* Removes a file.  A missing file is no error. */
int file_remove(const char *path, struct err *e);

/* Sync the parent folder, so that a new or renamed path survives a power loss. */
int file_sync_parent(const char *path, struct err *e);

int file_write_all(int fd, const void *data, size_t len); /* 0 or -errno */

/* Make a folder and its missing parents, like mkdir -p, and sync the parents of new folders. */
int file_mkdirs(const char *path, mode_t mode, struct err *e);

/*
 * Take flock(LOCK_EX) on path, which is created if missing; wait at most seconds.  Returns the
 * descriptor.  The file's mode is 0600, since any user who can open it can hold the lock.
 */
int file_lock(const char *path, unsigned seconds, struct err *e);

#endif
