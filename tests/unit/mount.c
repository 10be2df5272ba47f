/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attaching volumes: what is refused, and that nothing stays.  Needs root and loop devices. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/host/loop.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "tests/unit/emulated.h"

static char dir[] = "/tmp/mount-XXXXXX";
static char *target, *images;
static struct volume raw, subvol;
static struct err e;

static int mount_it(const struct volume *v, int userns)
{
	memset(&e, 0, sizeof e);
	return mount_volume(v, target, "/", userns, &e);
}

static int userns_fd(void)
{
	char *values[] = { (char *)"u 0 100000 65536", (char *)"g 0 100000 65536", NULL };
	struct idmap map;

	assert_int_equal(idmap_parse(values, &map, NULL, &e), 0);
	return idmap_userns(&map, &e);
}

static void overwrite(off_t at, const void *data, size_t n)
{
	autoclose int fd = open(raw.path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, data, n, at), n);
}

/* The lock is the attachment's: it can be had when nothing is attached. */
static void assert_detached(void)
{
	autoclose int fd = open(raw.path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(loop_lock(fd, raw.path, &e), 0);
}

static void refused(const char *cause)
{
	assert_true(mount_it(&raw, -1) < 0);
	if (!strstr(e.cause, cause))
		fail_msg("\"%s\" does not say \"%s\"", e.cause, cause);
	assert_detached();
}

static void maps_ids(void **state)
{
	autoclose int userns = -1;
	const struct volume *const volumes[] = { &raw, &subvol };
	struct stat st;

	(void)state;
	needs_call(SYS_clone3, "clone3(2)");
	userns = userns_fd();
	assert_true(userns >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++) {
		assert_int_equal(mount_it(volumes[i], userns), 0);
		assert_int_equal(stat(target, &st), 0);
		assert_int_equal(st.st_uid, 100000);
		assert_int_equal(mount_detach(target, &e), 0);
		assert_int_equal(mount_it(volumes[i], -1), 0);
		assert_int_equal(stat(target, &st), 0);
		assert_int_equal(st.st_uid, 0);
		assert_int_equal(mount_detach(target, &e), 0);
		assert_int_equal(mount_detach(target, &e), 0);
	}
	assert_detached();
}

static void attached_once(void **state)
{
	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(mount_it(&raw, -1), 0);
	assert_int_equal(mount_it(&raw, -1), -EBUSY);
	assert_non_null(strstr(e.cause, "attached already"));
	assert_int_equal(volume_remove(&raw, &e), -EBUSY);
	assert_int_equal(mount_detach(target, &e), 0);
	assert_detached();
}

static void folder_is_private(void **state)
{
	(void)state;
	assert_int_equal(chmod(images, 0755), 0);
	assert_int_equal(mount_it(&raw, -1), -EPERM);
	assert_non_null(strstr(e.remedy, "chmod 0700"));
	assert_int_equal(chmod(images, 0700), 0);
	assert_int_equal(chown(images, 100000, 100000), 0);
	assert_int_equal(mount_it(&subvol, -1), -EPERM);
	assert_int_equal(chown(images, 0, 0), 0);
}

static void missing(void **state)
{
	autofree char *path = xasprintf("%s/none.raw", images);
	autofree char *link = xasprintf("%s/link.raw", images);
	const struct volume none = { &volume_dir, VOLUME_RAW, (char *)"local:105/none.raw", path };
	const struct volume linked = { &volume_dir, VOLUME_RAW, (char *)"local:105/link.raw",
				       link };
	const struct volume folder = { &volume_dir, VOLUME_RAW, (char *)"local:105/x.raw",
				       subvol.path };

	(void)state;
	assert_int_equal(mount_it(&none, -1), -ENOENT);
	assert_non_null(strstr(e.object, "local:105/none.raw"));
	assert_int_equal(symlink(raw.path, link), 0);
	assert_int_equal(mount_it(&linked, -1), -EINVAL);
	assert_int_equal(unlink(link), 0);
	assert_true(mount_it(&folder, -1) < 0);
}

static void damaged(void **state)
{
	static const char zeros[64];
	struct stat st;

	(void)state;
	assert_int_equal(stat(raw.path, &st), 0);
	assert_int_equal(truncate(raw.path, st.st_size / 2), 0);
	refused("is truncated");
	assert_int_equal(truncate(raw.path, st.st_size), 0);
	/* A squashfs 4.0 in the place that ext4 leaves to boot loaders. */
	overwrite(0, "hsqs", 4);
	overwrite(28, "\4", 2);
	refused("ambiguous");
	/* Without ext4's magic number that is all that is there; then nothing is. */
	overwrite(1024 + 0x38, zeros, 2);
	refused("holds squashfs");
	overwrite(0, zeros, 4);
	refused("no known file system");
}

/* A volume below another, whose names are the container's. */
static void below(void **state)
{
	autofree char *data = xasprintf("%s/data", target), *link = xasprintf("%s/link", target);
	autofree char *mark = xasprintf("%s/mark", subvol.path);
	autofree char *seen = xasprintf("%s/mark", data);
	struct conf_volume volumes[] = {
		{ raw.id, (char *)"/", 1 },
		{ subvol.id, (char *)"/data", 0 },
	};
	struct conf conf = { .ctid = 105, .volumes = volumes, .n_volumes = 2 };

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(mount_it(&raw, -1), 0);
	assert_int_equal(mkdir(data, 0755), 0);
	/* The host's folder of this name is not the container's. */
	assert_int_equal(symlink(dir, link), 0);
	assert_int_equal(mount_detach(target, &e), 0);
	assert_int_equal(mkdir(mark, 0755), 0);

	assert_int_equal(mount_volumes(&conf, NULL, target, &e), 0);
	assert_int_equal(access(seen, F_OK), 0);
	assert_int_equal(mount_detach(target, &e), 0);
	volumes[1].mount_point = (char *)"/link";
	assert_int_equal(mount_volumes(&conf, NULL, target, &e), -ENOENT);
	assert_string_equal(e.object, "/link");
	assert_int_equal(mount_detach(target, &e), 0);
	assert_detached();
	assert_int_equal(rmdir(mark), 0);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || setenv("PCT_ETC", dir, 1) || setenv("PCT_VZ", dir, 1))
		return -1;
	target = xasprintf("%s/target", dir);
	images = xasprintf("%s/images/105", dir);
	if (mkdir(target, 0755) < 0 || mount_namespace(&e) < 0 ||
	    volume_create("local", 105, 1, &raw, &e) < 0 ||
	    volume_create("local", 105, 0, &subvol, &e) < 0)
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	const char *const rm[] = { "rm", "-rf", "--", dir, NULL };

	(void)state;
	mount_detach(target, &e);
	volume_done(&raw);
	volume_done(&subvol);
	free(target);
	free(images);
	return run_program(rm, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_ids), cmocka_unit_test(attached_once),
		cmocka_unit_test(folder_is_private), cmocka_unit_test(missing),
		cmocka_unit_test(below),
		cmocka_unit_test(damaged),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
