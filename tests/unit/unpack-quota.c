/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much a template may become.  Needs root: the child is another user. */
#include "tests/unit/archive.h"

#include <stdio.h>
#include <sys/statvfs.h>

/* Whether it fits; *what of the error says which limit is in the way. */
static void limited(uint64_t bytes, uint64_t files, const char *what)
{
	struct unpack_limit some = UNPACK_NO_LIMIT;
	int r;

	some.bytes = bytes;
	some.files = files;
	limit = &some;
	r = end();
	limit = NULL;
	assert_int_equal(r, what ? -EDQUOT : 0);
	if (what)
		named(what);
	assert_true(!what || strstr(e.remedy, "--unpack-limit"));
}

static void put_names(unsigned n, mode_t mode, const char *format)
{
	for (unsigned i = 0; i < n; i++) {
		char name[64];

		snprintf(name, sizeof name, format, i);
		put(entry(name, mode), NULL);
	}
}

static void too_large(void **state)
{
	static char data[300 * 1024];
	uint64_t fits = sizeof data + 1024;

	(void)state;
	memset(data, 'x', sizeof data - 1);
	for (int i = 0; i < 2; i++) {
		begin();
		put_file("big", data);
		limited(i ? fits : fits - 2048, 0, i ? NULL : "unpacks to more than 299 KiB");
	}
	/* Each is a block, and an inode. */
	for (int i = 0; i < 2; i++) {
		begin();
		for (unsigned k = 0; k < 20; k++) {
			autofree char *name = xasprintf("f%u", k);

			put_file(name, "x");
		}
		limited(i ? 20 * 4700 : 20 * 4600, 0, i ? NULL : "unpacks to more than");
	}
}

static void too_many(void **state)
{
	(void)state;
	begin();
	put_names(40, S_IFREG | 0644, "f%u");
	limited(0, 40, NULL);
	begin();
	put_names(41, S_IFREG | 0644, "f%u");
	limited(0, 40, "holds more than 40 files");
	/* A link is no inode, but a name. */
	begin();
	put_file("f", "x");
	for (unsigned i = 0; i < 40; i++) {
		autofree char *name = xasprintf("h%u", i);

		put_hardlink(name, "f");
	}
	limited(0, 40, "holds more than 40 files");
	begin();
	put_names(30, S_IFDIR | 0755, "d%u");
	limited(30 * 4096, 0, "unpacks to more than 120 KiB");
}

/* Folders that no member names. */
static void folders_above(void **state)
{
	char deep[2 * 100 + 2] = "", path[4098] = "";

	(void)state;
	memset(deep, 'f', sizeof deep - 1);
	for (unsigned i = 0; i < 100; i++)
		memcpy(deep + 2 * i, "d/", 2);
	begin();
	put_file(deep, "x");
	limited(0, 100, "holds more than 100 files");
	begin();
	put_file(deep, "x");
	deep[strlen(deep) - 1] = 'g';
	put_file(deep, "x");
	limited(0, 102, NULL);
	begin();
	memset(path, 'd', sizeof path - 1);
	for (size_t i = 1; i < sizeof path - 1; i += 2)
		path[i] = '/';
	put_file(path, "x");
	assert_int_equal(end(), -ENAMETOOLONG);
	named("more than 4095 bytes");
	begin();
	put_names(20, S_IFREG | 0644, "a%u/b/c/f");
	limited(0, 79, "holds more than 79 files");
	begin();
	put_names(20, S_IFREG | 0644, "a%u/b/c/f");
	limited(0, 80, NULL);
}

/* Parts of one byte, 64 KiB apart: each takes a block. */
static void put_parts(unsigned n)
{
	static const char data[4096] = "x";
	struct archive_entry *a = entry("holes", S_IFREG | 0600);

	archive_entry_set_size(a, (int64_t)n << 16);
	for (unsigned i = 0; i < n; i++)
		archive_entry_sparse_add_entry(a, (int64_t)i << 16, 1);
	assert_int_equal(archive_write_header(out, a), ARCHIVE_OK);
	archive_entry_free(a);
	for (unsigned i = 0; i < n << 4; i++)
		assert_int_equal(archive_write_data(out, data, sizeof data), sizeof data);
}

/* Not what the file seems to have, which is 6.25 MiB, nor the 100 bytes in the archive. */
static void real_blocks(void **state)
{
	(void)state;
	begin();
	put_parts(100);
	limited(100 * 4096 + 1024, 0, NULL);
	begin();
	put_parts(100);
	limited(100 * 4096 - 1024, 0, "unpacks to more than");
}

static void attributes_count(void **state)
{
	static const char value[60000];
	struct archive_entry *a = entry("f", S_IFREG | 0644);

	(void)state;
	begin();
	archive_entry_xattr_add_entry(a, "user.big", value, sizeof value);
	put(a, NULL);
	limited(32768, 0, "unpacks to more than 32 KiB");
	begin();
	for (unsigned i = 0; i < 20; i++) {
		char name[16], target[1024];

		memset(target, 'x', sizeof target - 1);
		target[sizeof target - 1] = '\0';
		snprintf(name, sizeof name, "l%u", i);
		put_link(name, target);
	}
	limited(65536, 0, "unpacks to more than 64 KiB");
}

/* The tree's file system has 8 MiB, of which 5 % stay free. */
static void room_is_kept(void **state)
{
	autofree char *tree = xasprintf("%s/tree", work);
	struct unpack_limit some = UNPACK_NO_LIMIT;
	struct statvfs fs;
	int r;

	(void)state;
	begin_large();
	some.keep_room = true;
	limit = &some;
	r = end();
	limit = NULL;
	assert_int_equal(r, -EDQUOT);
	named("would leave less than 409 KiB free");
	assert_int_equal(statvfs(tree, &fs), 0);
	assert_true((uint64_t)fs.f_bavail * fs.f_frsize >= (8 << 20) / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_large),	 cmocka_unit_test(too_many),
		cmocka_unit_test(folders_above), cmocka_unit_test(real_blocks),
		cmocka_unit_test(attributes_count), cmocka_unit_test(room_is_kept),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
