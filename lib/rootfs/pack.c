/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

struct pack {
	char *path, *temp;
	int fd;
	struct archive *archive;
	struct err first;
};

static void fail_archive(struct pack *p, const char *what)
{
	int num = archive_errno(p->archive);

	err_set(&p->first, num > 0 ? num : EIO, p->path, "cannot %s: %s", what,
		archive_error_string(p->archive));
}

int pack_open(const char *path, struct pack **ret, struct err *e)
{
	struct pack *p = xcalloc(1, sizeof *p);
	int r;

	p->path = xstrdup(path);
	p->temp = xasprintf("%s.XXXXXX", path);
	p->fd = mkostemp(p->temp, O_CLOEXEC);
	if (p->fd < 0) {
		r = err_sys(e, path, "make");
		p->temp[0] = '\0';
		pack_free(p);
		return r;
	}
	p->archive = archive_write_new();
	if (!p->archive)
		abort();
	archive_write_set_format_pax_restricted(p->archive);
	if ((!str_ends_with(path, ".tar") &&
	     archive_write_add_filter_zstd(p->archive) != ARCHIVE_OK) ||
	    archive_write_open_fd(p->archive, p->fd) != ARCHIVE_OK) {
		fail_archive(p, "compress with zstd");
		r = err_take(e, &p->first);
		pack_free(p);
		return r;
	}
	*ret = p;
	return 0;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	if (p->archive)
		archive_write_free(p->archive);
	if (p->fd >= 0)
		close(p->fd);
	if (p->temp[0])
		unlink(p->temp);
	free(p->path);
	free(p->temp);
	free(p);
}

static void write_header(struct pack *p, const char *member, mode_t mode, off_t size,
			 const char *target)
{
	struct archive_entry *entry;

	if (p->first.num)
		return;
	entry = archive_entry_new2(p->archive);
	archive_entry_set_pathname(entry, member);
	archive_entry_set_mode(entry, mode);
	archive_entry_set_size(entry, size);
	if (target)
		archive_entry_set_symlink(entry, target);
	if (archive_write_header(p->archive, entry) != ARCHIVE_OK)
		fail_archive(p, "write");
	archive_entry_free(entry);
}

void pack_folder(struct pack *p, const char *member, mode_t mode)
{
	write_header(p, member, S_IFDIR | mode, 0, NULL);
}

void pack_link(struct pack *p, const char *member, const char *target)
{
	write_header(p, member, S_IFLNK | 0777, 0, target);
}

static void copy_contents(struct pack *p, int fd, const char *path, off_t left)
{
	char data[65536];
	ssize_t n;

	while (left > 0) {
		n = read(fd, data, left < (off_t)sizeof data ? (size_t)left : sizeof data);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(&p->first, path, "read");
			return;
		}
		if (!n) {
			err_set(&p->first, EIO, path, "became shorter while it was read");
			return;
		}
		if (archive_write_data(p->archive, data, n) != n) {
			fail_archive(p, "write");
			return;
		}
		left -= n;
	}
}

void pack_file(struct pack *p, const char *member, mode_t mode, const char *path)
{
	autoclose int fd = -1;
	struct stat st;

	if (p->first.num)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(&p->first, path, "open");
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(&p->first, EINVAL, path, "not a regular file");
		return;
	}
	write_header(p, member, S_IFREG | mode, st.st_size, NULL);
	if (!p->first.num)
		copy_contents(p, fd, path, st.st_size);
}

int pack_commit(struct pack *p, struct err *e)
{
	if (!p->first.num && archive_write_close(p->archive) != ARCHIVE_OK)
		fail_archive(p, "write");
	if (!p->first.num && (fchmod(p->fd, 0644) < 0 || fsync(p->fd) < 0))
		err_sys(&p->first, p->path, "write");
	if (!p->first.num && rename(p->temp, p->path) < 0)
		err_sys(&p->first, p->path, "make");
	if (p->first.num)
		return err_take(e, &p->first);
	p->temp[0] = '\0';
	return 0;
}
