/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes, space and file systems of volumes, attached and not.  Needs root and loop devices. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/host/loop.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"
#include "tests/unit/emulated.h"

#define MIB (UINT64_C(1) << 20)

static char dir[] = "/tmp/grow-XXXXXX";
static struct volume raw, subvol;
static struct err e;

static uint64_t size_of(const struct volume *v)
{
	uint64_t size = 1;

	assert_int_equal(volume_size(v, &size, &e), 0);
	return size;
}

static uint64_t device_size(const char *device)
{
	autoclose int fd = open(device, O_RDONLY | O_CLOEXEC);
	uint64_t size = 0;

	assert_int_equal(ioctl(fd, BLKGETSIZE64, &size), 0);
	return size;
}

static void is_sound(void)
{
	struct fsck fsck = { 0 };

	assert_int_equal(volume_fsck(&raw, false, &fsck, &e), 0);
	assert_int_equal(fsck.result, FSCK_CLEAN);
	assert_non_null(strstr(fsck.said, " files "));
	free(fsck.said);
}

static void sizes(void **state)
{
	struct volume none = raw;
	uint64_t size = 1;

	(void)state;
	assert_int_equal(size_of(&raw), 256 * MIB);
	assert_int_equal(size_of(&subvol), 0);
	none.path = xasprintf("%s/images/105/none.raw", dir);
	assert_int_equal(volume_size(&none, &size, &e), -ENOENT);
	free(none.path);
	assert_int_equal(volume_mib(0), 0);
	assert_int_equal(volume_mib(1), 1);
	assert_int_equal(volume_mib(MIB), 1);
	assert_int_equal(volume_mib(MIB + 1), 2);
}

static void lists(void **state)
{
	struct storage *list = NULL;
	char **names = NULL;

	(void)state;
	assert_int_equal(storage_list(&list, &e), 0);
	assert_int_equal(storage_ops_of(list->ops)->list(list, 105, &names, &e), 0);
	assert_int_equal(strv_len(names), 2);
	assert_true(strv_has(names, "105/vm-105-rootfs.raw"));
	assert_true(strv_has(names, "105/subvol-105-rootfs.subvol"));
	strv_clear(&names);
	assert_int_equal(storage_ops_of(list->ops)->list(list, 106, &names, &e), 0);
	assert_null(names);
	storage_list_free(list);
}

static void space(void **state)
{
	struct volume_space before, attached, after;
	struct statvfs fs;
	int fd;

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(volume_space(&raw, &before, &e), 0);
	fd = raw.ops->mount(&raw, 0, &e);
	assert_true(fd >= 0);
	assert_int_equal(volume_space(&raw, &attached, &e), 0);
	assert_int_equal(fstatvfs(fd, &fs), 0);
	assert_int_equal(attached.size, fs.f_blocks * fs.f_frsize);
	assert_int_equal(attached.used, (fs.f_blocks - fs.f_bfree) * fs.f_frsize);
	assert_int_equal(attached.available, fs.f_bavail * fs.f_frsize);
	/* A mount that nobody may write to. */
	close(fd);
	fd = raw.ops->mount(&raw, VOLUME_READ_ONLY | VOLUME_NO_JOURNAL, &e);
	assert_true(fd >= 0);
	assert_int_equal(volume_space(&raw, &after, &e), 0);
	close(fd);
	assert_memory_equal(&before, &attached, sizeof before);
	assert_memory_equal(&before, &after, sizeof before);
}

static void trims(void **state)
{
	uint64_t bytes = 0;
	int fd;

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(volume_trim(&raw, &bytes, &e), 0);
	assert_true(bytes > 100 * MIB && bytes < 256 * MIB);
	fd = raw.ops->mount(&raw, 0, &e);
	assert_int_equal(volume_trim(&raw, &bytes, &e), 0);
	close(fd);
}

static void fsck_refuses(void **state)
{
	struct fsck fsck = { 0 };
	int fd;

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	fd = raw.ops->mount(&raw, 0, &e);
	assert_int_equal(volume_fsck(&raw, true, &fsck, &e), -EBUSY);
	assert_null(fsck.said);
	close(fd);
	is_sound();
}

static void grows(void **state)
{
	struct volume_space before, after;

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(volume_space(&raw, &before, &e), 0);
	assert_int_equal(volume_grow(&raw, 255 * MIB, &e), -EINVAL);
	assert_int_equal(volume_grow(&raw, 256 * MIB, &e), 0);
	assert_int_equal(volume_grow(&raw, 300 * MIB, &e), 0);
	assert_int_equal(size_of(&raw), 300 * MIB);
	assert_int_equal(volume_space(&raw, &after, &e), 0);
	assert_true(after.size - before.size > 40 * MIB && after.size - before.size <= 44 * MIB);
	is_sound();
}

/* Root may lack CAP_SYS_RESOURCE: then the size is the old one, also that of the loop device. */
static void grows_attached(void **state)
{
	char device[VOLUME_DEVICE_MAX];
	struct volume_space before, after;
	uint64_t size;
	int fd, loop, r;

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	fd = raw.ops->mount(&raw, 0, &e);
	assert_true(fd >= 0);
	loop = storage_ops_of(raw.ops)->device(&raw, device, &e);
	assert_true(loop >= 0);
	assert_int_equal(volume_space(&raw, &before, &e), 0);
	r = volume_grow(&raw, 400 * MIB, &e);
	if (r != 0 && r != -EPERM)
		fail_msg("%s: %s", e.object, e.cause);
	size = r == 0 ? 400 * MIB : 300 * MIB;
	assert_int_equal(size_of(&raw), size);
	assert_int_equal(device_size(device), size);
	assert_int_equal(volume_space(&raw, &after, &e), 0);
	assert_int_equal(after.size > before.size, r == 0);
	close(loop);
	close(fd);
	is_sound();
	assert_int_equal(storage_ops_of(raw.ops)->device(&raw, device, &e), -ENXIO);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || setenv("PCT_ETC", dir, 1) || setenv("PCT_VZ", dir, 1))
		return -1;
	return mount_namespace(&e) < 0 || volume_create("local", 105, 256, &raw, &e) < 0 ||
			       volume_create("local", 105, 0, &subvol, &e) < 0
		       ? -1
		       : 0;
}

static int tear_down(void **state)
{
	const char *const rm[] = { "rm", "-rf", "--", dir, NULL };

	(void)state;
	volume_done(&raw);
	volume_done(&subvol);
	return run_program(rm, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),	  cmocka_unit_test(lists),
		cmocka_unit_test(space),	  cmocka_unit_test(trims),
		cmocka_unit_test(fsck_refuses),	  cmocka_unit_test(grows),
		cmocka_unit_test(grows_attached),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
