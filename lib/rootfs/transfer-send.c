/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/rootfs/transfer-internal.h"
#include "lib/rootfs/transfer.h"

#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

int transfer_resolve(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = root < 0 ? 0 : RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	for (int tries = 0; tries < 128; tries++) {
		fd = syscall(SYS_openat2, root < 0 ? AT_FDCWD : root, path, &how, sizeof how);
		/* EAGAIN: another process renames while the kernel resolves ".." */
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

const char *transfer_kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFBLK:
	case S_IFCHR:
		return "a device";
	case S_IFDIR:
		return "a folder";
	case S_IFLNK:
		return "a link";
	}
	return "a file";
}

static bool is_plain(mode_t mode)
{
	return S_ISREG(mode) || S_ISDIR(mode);
}

/* Check the type before opening: to open a device has effects, and a FIFO can block. */
int transfer_open(int root, const char *path, struct err *e)
{
	autoclose int fd = transfer_resolve(root, path, O_PATH);
	struct stat st;

	if (fd < 0) {
		errno = -fd;
		return err_sys(e, path, "open");
	}
	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "look at it");
	if (is_plain(st.st_mode)) {
		close(fd);
		fd = transfer_resolve(root, path, OPEN_FLAGS);
		if (fd < 0) {
			errno = -fd;
			return err_sys(e, path, "open");
		}
		if (fstat(fd, &st) < 0)
			return err_sys(e, path, "look at it");
	}
	if (is_plain(st.st_mode))
		return steal_fd(&fd);
	err_set(e, EINVAL, path, "is %s", transfer_kind(st.st_mode));
	return err_remedy(e, "name a regular file or a folder");
}

/* ---- contents ---- */

static int put_hole(struct transfer *t, off_t len, struct err *e)
{
	return transfer_put(
		t, &(struct transfer_record){ .type = TRANSFER_HOLE, .number = (uint64_t)len },
		NULL, e);
}

/* Send at most len bytes.  Returns 1 at the end of the file. */
static int put_data(struct transfer *t, int fd, off_t len, const char *path, struct err *e)
{
	char data[TRANSFER_DATA_MAX];
	int r = 0;

	while (r == 0 && len > 0) {
		ssize_t n = read(fd, data, len < (off_t)sizeof data ? (size_t)len : sizeof data);

		if (n == 0)
			return 1;
		if (n < 0 && errno != EINTR)
			return err_sys(e, path, "read");
		r = interrupt_check(e);
		if (n < 0 || r < 0)
			continue;
		len -= n;
		r = transfer_put(
			t, &(struct transfer_record){ .type = TRANSFER_DATA, .len = (uint32_t)n },
			data, e);
	}
	return r;
}

/* Send at most the size that the file has now, since a process may write to it faster. */
static int put_sparse(struct transfer *t, int fd, off_t size, const char *path, struct err *e)
{
	off_t at = 0;
	int r = 0;

	while (r == 0 && at < size) {
		off_t data = lseek(fd, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			return put_hole(t, size - at, e);
		if (data < 0)
			data = at; /* a file system that does not know holes */
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole <= data || hole > size)
			hole = size;
		if (data >= size)
			return put_hole(t, size - at, e);
		if (data > at)
			r = put_hole(t, data - at, e);
		if (r == 0 && lseek(fd, data, SEEK_SET) < 0)
			r = err_sys(e, path, "read");
		if (r == 0)
			r = put_data(t, fd, hole - data, path, e);
		at = hole;
	}
	return r;
}

static int put_end(struct transfer *t, struct err *e)
{
	return transfer_put(t, &(struct transfer_record){ .type = TRANSFER_END }, NULL, e);
}

static int put_start(struct transfer *t, enum transfer_type type, mode_t mode, const char *name,
		     struct err *e)
{
	return transfer_put(t,
			    &(struct transfer_record){ .type = type,
						       .mode = mode & 0777,
						       .len = (uint32_t)strlen(name) },
			    name, e);
}

static int send_file(struct transfer *t, int fd, const struct stat *st, const char *name,
		     const char *path, struct err *e)
{
	/* Files of proc(5) have no size, and neither have pipes. */
	bool sized = S_ISREG(st->st_mode) && st->st_size > 0;
	int r = put_start(t, TRANSFER_FILE, st->st_mode, name, e);

	if (r == 0)
		r = sized ? put_sparse(t, fd, st->st_size, path, e)
			  : put_data(t, fd, INT64_MAX, path, e);
	return r < 0 ? r : put_end(t, e);
}

/* ---- folders ---- */

struct walk {
	struct transfer *t;
	struct buf path; /* relative to the top */
	uint64_t mount;
	unsigned depth;
};

static int send_folder(struct walk *w, int fd, const struct stat *st, const char *name,
		       struct err *e);

/* Both texts of a record, separated by NUL. */
static int put_pair(struct transfer *t, enum transfer_type type, const char *a, const char *b,
		    struct err *e)
{
	autobuf pair = BUF_INIT;

	buf_addn(&pair, a, strlen(a) + 1);
	buf_add(&pair, b);
	return transfer_put(t, &(struct transfer_record){ .type = type, .len = (uint32_t)pair.len },
			    pair.s, e);
}

static int skip(struct walk *w, const char *why, struct err *e)
{
	if (!w->t->skipped)
		return put_pair(w->t, TRANSFER_SKIPPED, buf_str(&w->path), why, e);
	w->t->skipped(w->t->arg, buf_str(&w->path), why);
	return 0;
}

static int send_link(struct walk *w, int fd, const char *name, struct err *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof target);

	if (n < 0 || n == sizeof target)
		return err_sys(e, buf_str(&w->path), "read the link");
	target[n] = '\0';
	return put_pair(w->t, TRANSFER_LINK, name, target, e);
}

/* Open an entry that was a file or a folder; its name may be another file now. */
static int send_plain(struct walk *w, int dir, const char *name, struct err *e)
{
	autoclose int fd = openat(dir, name, OPEN_FLAGS | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, buf_str(&w->path), "open");
	if (S_ISDIR(st.st_mode))
		return send_folder(w, fd, &st, name, e);
	return S_ISREG(st.st_mode) ? send_file(w->t, fd, &st, name, buf_str(&w->path), e)
				   : skip(w, "changed while it was copied", e);
}

static uint64_t mount_of(int fd)
{
	struct statx st = { 0 };

	return statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) == 0 ? st.stx_mnt_id : 0;
}

static int send_entry(struct walk *w, int dir, const char *name, struct err *e)
{
	autoclose int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	autofree char *why = NULL;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0; /* removed meanwhile */
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, buf_str(&w->path), "open");
	if (mount_of(fd) != w->mount)
		return skip(w, "is on another mount", e);
	if (S_ISLNK(st.st_mode))
		return send_link(w, fd, name, e);
	if (is_plain(st.st_mode))
		return send_plain(w, dir, name, e);
	why = xasprintf("is %s", transfer_kind(st.st_mode));
	return skip(w, why, e);
}

static int send_entries(struct walk *w, DIR *dir, struct err *e)
{
	size_t len = w->path.len;
	struct dirent *entry;
	int r = 0;

	while (r == 0) {
		errno = 0;
		entry = readdir(dir);
		if (!entry && errno)
			return err_sys(e, buf_str(&w->path), "list the folder");
		if (!entry)
			break;
		if (str_eq(entry->d_name, ".") || str_eq(entry->d_name, ".."))
			continue;
		buf_addf(&w->path, "%s%s", len ? "/" : "", entry->d_name);
		r = send_entry(w, dirfd(dir), entry->d_name, e);
		w->path.len = len;
		w->path.s[len] = '\0';
	}
	return r;
}

static int send_folder(struct walk *w, int fd, const struct stat *st, const char *name,
		       struct err *e)
{
	DIR *dir;
	int copy, r;

	if (w->depth == TRANSFER_DEPTH)
		return err_set(e, ELOOP, NULL, "has more than %d folders in each other",
			       TRANSFER_DEPTH);
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		err_sys(e, buf_str(&w->path), "list the folder");
		util_closep(&copy);
		return err_code(e);
	}
	w->depth++;
	r = put_start(w->t, TRANSFER_FOLDER, st->st_mode, name, e);
	if (r == 0)
		r = send_entries(w, dir, e);
	if (r == 0)
		r = put_end(w->t, e);
	w->depth--;
	closedir(dir);
	return r;
}

int transfer_send(struct transfer *t, int fd, const char *path, struct err *e)
{
	struct walk w = { .t = t, .path = BUF_INIT, .mount = mount_of(fd) };
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "look at it");
	if (!S_ISDIR(st.st_mode))
		return send_file(t, fd, &st, "", path, e);
	r = send_folder(&w, fd, &st, "", e);
	buf_done(&w.path);
	return r < 0 && r != -EPIPE ? err_wrap(e, "%s", path) : r;
}
