/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives that are made in memory, and unpacked into a tmpfs of 8 MiB as a container's root. */
#ifndef TESTS_UNIT_ARCHIVE_H
#define TESTS_UNIT_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/unpack-quota.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/mount.h"
#include "tests/unit/emulated.h"

#define FIRST 100000

static char *const values[] = { (char *)"u 0 100000 65536", (char *)"g 0 100000 65536", NULL };

static struct idmap map;
static char work[] = "/tmp/pct-unpack-XXXXXX";
static struct archive *out;
static char memory[512 * 1024];
static size_t used;
static struct err e;
static struct unpack_result result;
static const struct unpack_limit *limit; /* of the next one; NULL: none */

/* ---- making archives ---- */

static inline void begin(void)
{
	out = archive_write_new();
	archive_write_set_format_pax_restricted(out);
	assert_int_equal(archive_write_open_memory(out, memory, sizeof memory, &used), ARCHIVE_OK);
	memset(&e, 0, sizeof e);
	memset(&result, 0, sizeof result);
}

static inline struct archive_entry *entry(const char *name, mode_t mode)
{
	struct archive_entry *a = archive_entry_new();

	archive_entry_set_pathname(a, name);
	archive_entry_set_mode(a, mode);
	archive_entry_set_mtime(a, 1000000000, 0);
	archive_entry_set_uid(a, 0);
	archive_entry_set_gid(a, 0);
	return a;
}

static inline void put(struct archive_entry *a, const char *data)
{
	size_t size = data ? strlen(data) : 0;

	archive_entry_set_size(a, (int64_t)size);
	assert_int_equal(archive_write_header(out, a), ARCHIVE_OK);
	if (size)
		assert_int_equal(archive_write_data(out, data, size), size);
	archive_entry_free(a);
}

static inline void put_file(const char *name, const char *data)
{
	put(entry(name, S_IFREG | 0644), data);
}

static inline void put_link(const char *name, const char *target)
{
	struct archive_entry *a = entry(name, S_IFLNK | 0777);

	archive_entry_set_symlink(a, target);
	put(a, NULL);
}

static inline void put_hardlink(const char *name, const char *target)
{
	struct archive_entry *a = entry(name, S_IFREG | 0644);

	archive_entry_set_hardlink(a, target);
	put(a, NULL);
}

/* A compressed one, of the file "big", which the tmpfs has no room for. */
static inline void begin_large(void)
{
	static const char data[64 * 1024] = "x";
	struct archive_entry *a = entry("big", S_IFREG | 0644);

	begin();
	archive_write_free(out);
	out = archive_write_new();
	archive_write_set_format_pax_restricted(out);
	archive_write_add_filter_zstd(out);
	assert_int_equal(archive_write_open_memory(out, memory, sizeof memory, &used), ARCHIVE_OK);
	archive_entry_set_size(a, 200 * (int64_t)sizeof data);
	assert_int_equal(archive_write_header(out, a), ARCHIVE_OK);
	archive_entry_free(a);
	for (int i = 0; i < 200; i++)
		assert_int_equal(archive_write_data(out, data, sizeof data), sizeof data);
}

/* ---- unpacking them ---- */

static inline char *inside(const char *name)
{
	return xasprintf("%s/tree/%s", work, name);
}

static inline void stat_inside(const char *name, struct stat *st)
{
	autofree char *path = inside(name);

	assert_int_equal(lstat(path, st), 0);
}

static inline bool exists(const char *name)
{
	autofree char *path = inside(name);
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A new tree; ids are shifted by the kernel as on a volume without id-mapping. */
static inline int unpack_bytes(size_t size, const struct idmap *use)
{
	autofree char *tree = xasprintf("%s/tree", work), *file = xasprintf("%s/archive", work);
	struct unpack u = { .name = "template", .target = tree, .map = use,
			    .limit = limit };
	autoclose int fd = -1;

	needs_call(SYS_clone3, "clone3(2)");
	fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, memory, size), size);
	lseek(fd, 0, SEEK_SET);
	umount2(tree, MNT_DETACH);
	assert_int_equal(mount("tree", tree, "tmpfs", 0, "mode=0755,size=8m"), 0);
	if (use)
		assert_int_equal(chown(tree, FIRST, FIRST), 0);
	u.fd = fd;
	return unpack(&u, &result, &e);
}

static inline int end(void)
{
	assert_int_equal(archive_write_close(out), ARCHIVE_OK);
	archive_write_free(out);
	return unpack_bytes(used, &map);
}

static inline void named(const char *member)
{
	if (!strstr(e.object, member) && !strstr(e.cause, member))
		fail_msg("\"%s: %s\" does not name %s", e.object, e.cause, member);
}

/* ---- the folder of it all ---- */

static inline int set_up(void **state)
{
	autofree char *tree = NULL;

	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	if (idmap_parse(values, &map, NULL, &e) < 0 || mount_namespace(&e) < 0 || !mkdtemp(work))
		return -1;
	tree = xasprintf("%s/tree", work);
	return chmod(work, 0755) | mkdir(tree, 0755);
}

static inline int tear_down(void **state)
{
	autofree char *tree = xasprintf("%s/tree", work), *file = xasprintf("%s/archive", work);
	autofree char *victim = xasprintf("%s/victim", work);

	(void)state;
	umount2(tree, MNT_DETACH);
	unlink(file);
	rmdir(victim);
	return rmdir(tree) | rmdir(work);
}

#endif
