/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of mapped images, with a folder for /sys/bus/rbd and one for /run. */
static char *sysfs;
#define RBD_SYSFS sysfs
#include "lib/host/rbd.c"
#include "lib/storage/type/rbd-map.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/unit/rbd-sysfs.h"

static struct storage storage;
static struct volume volume;
static char *record;

static int begin(void **state)
{
	autofree char *run = NULL, *keyring = NULL;
	int r = sysfs_begin(state);

	run = xasprintf("%s/run", sysfs);
	keyring = xasprintf("%s/keyring", sysfs);
	sysfs_write("keyring", "[client.admin]\nkey = AQ==");
	storage = (struct storage){ .id = (char *)"ceph", .monhost = (char *)"10.0.0.1",
				    .keyring = steal(&keyring) };
	volume = (struct volume){ .id = (char *)"ceph:vm-105-disk-0", .storage = &storage,
				  .path = (char *)"/dev/rbd/rbd/vm-105-disk-0" };
	setenv("PCT_RUN", run, 1);
	setenv("PCT_ETC", sysfs, 1);
	record = record_of(&volume);
	return r;
}

static int end(void **state)
{
	free(storage.keyring);
	free(record);
	return sysfs_end(state);
}

static void is_written(const char *name, const char *expected)
{
	autofree char *text = sysfs_read(name);

	assert_string_equal(text, expected);
}

static void add_mapped(void)
{
	sysfs_add("7", "rbd", "vm-105-disk-0", "-", "10.0.0.1:6789 name=admin rbd x -");
}

static int make_record(void)
{
	int fd = lock_record(&volume, NULL);
	const struct rbd_image image = { .monitors = "10.0.0.1", .pool = "rbd",
					 .name = "vm-105-disk-0" };

	assert_true(fd >= 0);
	assert_int_equal(write_record(fd, &image, NULL), 0);
	return fd;
}

/* The kernel of this test makes no device. */
static void failed(void **state)
{
	struct rbd_mapping m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(rbd_attach(&volume, &m, &e), -EIO);
	assert_string_equal(e.object, "ceph:vm-105-disk-0");
	is_written("add_single_major",
		   "10.0.0.1 name=admin,secret=AQ==,mount_timeout=20 rbd vm-105-disk-0 -");
	assert_int_equal(access(record, F_OK), -1);
}

static void attached_by_another(void **state)
{
	struct rbd_mapping m;
	int lock;

	(void)state;
	assert_false(rbd_attached(&volume, &m));
	add_mapped();
	assert_true(rbd_attached(&volume, &m));
	lock = rbd_attach(&volume, &m, NULL);
	assert_true(lock >= 0);
	assert_int_equal(m.id, 7);
	is_written("add_single_major", "");
	close(lock);
	rbd_detach_idle(105);
	is_written("remove_single_major", "");
	assert_int_equal(rbd_lock_detached(&volume, NULL), -EBUSY);
}

static void idle(void **state)
{
	int lock;

	(void)state;
	add_mapped();
	lock = make_record();
	rbd_detach_idle(0); /* this process uses it */
	is_written("remove_single_major", "");
	close(lock);
	rbd_detach_idle(0);
	is_written("remove_single_major", "7");
	assert_int_equal(access(record, F_OK), -1);
	rbd_detach_idle(0);
}

static void half_a_record(void **state)
{
	int lock;

	(void)state;
	add_mapped();
	lock = make_record();
	assert_int_equal(ftruncate(lock, (off_t)strlen("10.0.0.1 rbd - vm-105-disk-0")), 0);
	close(lock);
	rbd_detach_idle(0);
	is_written("remove_single_major", "");
	assert_int_equal(access(record, F_OK), -1);
}

static void owners(void **state)
{
	(void)state;
	assert_true(is_of("ceph:vm-105-disk-0", 105));
	assert_true(is_of("a-105-b:base-105-disk-0", 105));
	assert_false(is_of("a-105-b:vm-106-disk-0", 105));
	assert_false(is_of("ceph:vm-1051-disk-0", 105));
	assert_false(is_of("ceph:vm-105-disk-0", 0));
	assert_false(is_of("ceph", 105));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(failed, begin, end),
		cmocka_unit_test_setup_teardown(attached_by_another, begin, end),
		cmocka_unit_test_setup_teardown(idle, begin, end),
		cmocka_unit_test_setup_teardown(half_a_record, begin, end),
		cmocka_unit_test(owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
