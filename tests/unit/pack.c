/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/rootfs/pack.h"

static char dir[] = "/tmp/pct-unit-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/t.tar.zst", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static int entries(void)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, NULL, NULL);

	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	return n - 2;
}

static void archive_is_complete_or_not_there(void **state)
{
	static const unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd }; /* RFC 8878, 3.1.1 */
	autofree char *data = NULL;
	struct pack *p = NULL;
	struct err e = { 0 };
	struct stat st;
	size_t len;

	(void)state;
	assert_int_equal(pack_open(path, &p, &e), 0);
	pack_folder(p, "etc", 0755);
	pack_link(p, "sbin", "bin");
	pack_file(p, "etc/passwd", 0644, "/etc/passwd");
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(pack_commit(p, &e), 0);
	pack_free(p);
	assert_int_equal(entries(), 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(file_read(path, 1 << 20, &data, &len, &e), 0);
	assert_true(len > sizeof zstd);
	assert_memory_equal(data, zstd, sizeof zstd);
	unlink(path);
}

static void the_first_failure_stays(void **state)
{
	struct pack *p = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pack_open(path, &p, &e), 0);
	pack_file(p, "none", 0644, "/nonexistent/file");
	pack_file(p, "dir", 0644, "/etc");
	pack_folder(p, "etc", 0755);
	assert_int_equal(pack_commit(p, &e), -ENOENT);
	assert_string_equal(e.object, "/nonexistent/file");
	pack_free(p);
	assert_int_equal(entries(), 0);
}

static void nothing_stays_without_commit(void **state)
{
	struct pack *p = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pack_open(path, &p, &e), 0);
	assert_int_equal(entries(), 1);
	pack_free(p);
	assert_int_equal(entries(), 0);
	assert_int_equal(pack_open("/nonexistent/t.tar.zst", &p, &e), -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(archive_is_complete_or_not_there),
		cmocka_unit_test(the_first_failure_stays),
		cmocka_unit_test(nothing_stays_without_commit),
	};

	return cmocka_run_group_tests_name("pack", tests, make_dir, remove_dir);
}
