/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * powerloss serve IMAGE LOG FOLDER
 *	mount FOLDER, in the foreground: FOLDER/disk is IMAGE, and each write and flush of it
 *	goes to LOG; so does, as a mark, what is written to FOLDER/mark
 * powerloss points LOG
 *	where the power could go: at each flush, each mark and the end; "AT WRITES MARK" lines:
 *	the record, how many writes are not flushed there, and the mark before it
 * powerloss replay LOG IMAGE AT SEED
 *	what a disk holds whose power went at record AT; IMAGE is what it held at first.  Of what
 *	was not flushed, in pieces of 4 KiB, about half is kept, as SEED has it; 0: nothing of it
 *
 * A disk may write what it was given since the last flush in any order, or not at all; this is what
 * dm-log-writes is for, on kernels that have device mapper.
 */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/util.h"

#define PIECE 4096
#define MAX_WRITE (16 * 1024 * 1024)
#define MARK_SIZE 64

enum kind { WRITE, FLUSH, MARK };

/* Then its data: of a write, or the text of a mark. */
struct record {
	uint32_t kind, size;
	uint64_t offset;
};

static void die(const char *what)
{
	fprintf(stderr, "powerloss: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- the disk ---- */

static struct {
	int image;
	FILE *log;
} disk;

static int note(enum kind kind, const void *data, size_t size, off_t offset)
{
	const struct record r = { kind, (uint32_t)size, (uint64_t)offset };

	if (fwrite(&r, sizeof r, 1, disk.log) != 1 ||
	    (size && fwrite(data, size, 1, disk.log) != 1))
		return -EIO;
	return 0;
}

static bool is_mark(const char *path)
{
	return str_eq(path, "/mark");
}

static int disk_getattr(const char *path, struct stat *st, struct fuse_file_info *info)
{
	(void)info;
	if (str_eq(path, "/")) {
		*st = (struct stat){ .st_mode = S_IFDIR | 0700, .st_nlink = 2 };
		return 0;
	}
	if (!is_mark(path) && !str_eq(path, "/disk"))
		return -ENOENT;
	if (fstat(disk.image, st) < 0)
		return -errno;
	st->st_mode = S_IFREG | 0600;
	if (is_mark(path))
		st->st_size = 0;
	return 0;
}

static int disk_read(const char *path, char *to, size_t size, off_t offset,
		     struct fuse_file_info *info)
{
	ssize_t n = is_mark(path) ? 0 : pread(disk.image, to, size, offset);

	(void)info;
	return n < 0 ? -errno : (int)n;
}

static int disk_write(const char *path, const char *data, size_t size, off_t offset,
		      struct fuse_file_info *info)
{
	ssize_t n;

	(void)info;
	if (is_mark(path)) {
		if (size >= MARK_SIZE)
			return -EINVAL;
		return note(MARK, data, size, 0) < 0 ? -EIO : (int)size;
	}
	n = pwrite(disk.image, data, size, offset);
	if (n < 0)
		return -errno;
	return note(WRITE, data, (size_t)n, offset) < 0 ? -EIO : (int)n;
}

static int disk_fsync(const char *path, int datasync, struct fuse_file_info *info)
{
	(void)path;
	(void)datasync;
	(void)info;
	return note(FLUSH, NULL, 0, 0);
}

/* Of the shell's ">" on the mark. */
static int disk_truncate(const char *path, off_t size, struct fuse_file_info *info)
{
	(void)info;
	return is_mark(path) && size == 0 ? 0 : -EPERM;
}

static const struct fuse_operations operations = {
	.getattr = disk_getattr,
	.read = disk_read,
	.write = disk_write,
	.fsync = disk_fsync,
	.truncate = disk_truncate,
};

static int serve(const char *image, const char *log, char *folder)
{
	/* What was answered before a flush is in the log before it, as there is one thread. */
	char name[] = "powerloss", foreground[] = "-f", one_thread[] = "-s";
	char *args[] = { name, foreground, one_thread, folder, NULL };

	disk.image = open(image, O_RDWR | O_CLOEXEC);
	if (disk.image < 0)
		die(image);
	disk.log = fopen(log, "we");
	if (!disk.log)
		die(log);
	if (fuse_main(4, args, &operations, NULL) != 0)
		return 1;
	return fclose(disk.log) == 0 ? 0 : 1;
}

/* ---- what it would hold ---- */

static FILE *log_open(const char *path)
{
	FILE *log = fopen(path, "re");

	if (!log)
		die(path);
	return log;
}

/* At the end of the log: a mark without text. */
static bool log_next(FILE *log, struct record *ret, char *data)
{
	if (fread(ret, sizeof *ret, 1, log) != 1) {
		*ret = (struct record){ .kind = MARK };
		return false;
	}
	if (ret->size > MAX_WRITE || (ret->size && fread(data, ret->size, 1, log) != 1))
		die("the log is torn");
	return true;
}

static int points(const char *path)
{
	autofree char *data = xrealloc(NULL, MAX_WRITE, 1);
	FILE *log = log_open(path);
	char mark[MARK_SIZE] = "-";
	unsigned at = 0, writes = 0;
	struct record r;
	bool more;

	do {
		more = log_next(log, &r, data);
		if (r.kind != WRITE)
			printf("%u %u %s\n", at, writes, mark);
		if (r.kind == WRITE)
			writes++;
		else if (r.kind == FLUSH)
			writes = 0;
		else
			snprintf(mark, sizeof mark, "%.*s", (int)r.size, data);
		at++;
	} while (more);
	fclose(log);
	return 0;
}

/* The last flush before the record. */
static unsigned flushed_at(const char *path, unsigned at, char *data)
{
	FILE *log = log_open(path);
	unsigned last = 0;
	struct record r;

	for (unsigned n = 0; n < at && log_next(log, &r, data); n++)
		if (r.kind == FLUSH)
			last = n;
	fclose(log);
	return last;
}

/* splitmix64: of 64 bits in, each changes half of those that come out. */
static bool coin(uint64_t seed, uint64_t n)
{
	uint64_t z = seed * 0x9e3779b97f4a7c15 + n * 0xd1b54a32d192ed03;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) & 1;
}

static void put(int image, const char *data, size_t size, uint64_t offset)
{
	if (pwrite(image, data, size, (off_t)offset) != (ssize_t)size)
		die("write to the image");
}

static int replay(const char *path, const char *image_path, unsigned at, uint64_t seed)
{
	autofree char *data = xrealloc(NULL, MAX_WRITE, 1);
	unsigned last = flushed_at(path, at, data);
	autoclose int image = open(image_path, O_WRONLY | O_CLOEXEC);
	FILE *log = log_open(path);
	uint64_t piece = 0;
	struct record r;

	if (image < 0)
		die(image_path);
	for (unsigned n = 0; n < at && log_next(log, &r, data); n++) {
		if (r.kind != WRITE)
			continue;
		if (n < last) {
			put(image, data, r.size, r.offset);
			continue;
		}
		for (uint32_t done = 0; seed && done < r.size; done += PIECE) {
			uint32_t left = r.size - done, size = left < PIECE ? left : PIECE;

			if (coin(seed, piece++))
				put(image, data + done, size, r.offset + done);
		}
	}
	fclose(log);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 5 && str_eq(argv[1], "serve"))
		return serve(argv[2], argv[3], argv[4]);
	if (argc == 3 && str_eq(argv[1], "points"))
		return points(argv[2]);
	if (argc == 6 && str_eq(argv[1], "replay"))
		return replay(argv[2], argv[3], (unsigned)strtoul(argv[4], NULL, 10),
			      strtoull(argv[5], NULL, 10));
	fprintf(stderr, "usage: see the head of tests/faults/powerloss.c\n");
	return 2;
}
