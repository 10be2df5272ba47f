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
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
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
static const struct volume *const volumes[] = { &raw, &subvol };

static int mount_as(const struct volume *v, const struct idmap *map, bool key)
{
	struct conf_volume volume = { .slot = (char *)"rootfs", .id = v->id,
				      .mount_point = (char *)"/" };
	struct conf conf = {
		.ctid = 105, .volumes = &volume, .n_volumes = 1, .mapped = map, .shifted = key
	};

	memset(&e, 0, sizeof e);
	return mount_volumes(&conf, map, target, NULL, &e);
}

static int mount_it(const struct volume *v)
{
	return mount_as(v, NULL, false);
}

static struct idmap map_of(const char *user, const char *group)
{
	char *values[] = { (char *)user, (char *)group, NULL };
	struct idmap map;

	assert_int_equal(idmap_parse(values, &map, NULL, &e), 0);
	return map;
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
	assert_true(mount_it(&raw) < 0);
	if (!strstr(e.cause, cause))
		fail_msg("\"%s\" does not say \"%s\"", e.cause, cause);
	assert_detached();
}

static void maps_ids(void **state)
{
	const struct idmap map = map_of("u 0 100000 65536", "g 0 100000 65536");
	struct stat st;

	(void)state;
	needs_call(SYS_clone3, "clone3(2)");
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++) {
		assert_int_equal(mount_as(volumes[i], &map, false), 0);
		assert_int_equal(stat(target, &st), 0);
		assert_int_equal(st.st_uid, 100000);
		assert_int_equal(mount_detach(target, &e), 0);
		assert_int_equal(mount_it(volumes[i]), 0);
		assert_int_equal(stat(target, &st), 0);
		assert_int_equal(st.st_uid, 0);
		assert_int_equal(mount_detach(target, &e), 0);
		assert_int_equal(mount_detach(target, &e), 0);
	}
	assert_detached();
}

static void give_top(const struct volume *v, uid_t uid, gid_t gid)
{
	autoclose int fd = v->ops->mount(v, 0, &e);

	assert_true(fd >= 0);
	assert_int_equal(move_mount(fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), 0);
	assert_int_equal(chown(target, uid, gid), 0);
	assert_int_equal(mount_detach(target, &e), 0);
}

/* Whether a volume is shifted, by the owner of its top folder; the same for each form. */
#define USUAL "u 0 100000 65536", "g 0 100000 65536"

static const struct shift {
	const char *user, *group; /* the id map; NULL: privileged */
	uid_t uid;
	gid_t gid;
	bool key;          /* pve.shifted = 1 */
	uid_t seen;        /* owner of the mounted top folder, on the host */
	const char *cause; /* of a refusal; NULL: none */
	const char *remedy;
} shifts[] = {
	{ USUAL, 0, 0, false, 100000, NULL, NULL },
	{ USUAL, 1000, 5, false, 101000, NULL, NULL },
	{ USUAL, 100000, 100000, false, 100000, NULL, NULL },
	{ USUAL, 101000, 100005, false, 101000, NULL, NULL },
	{ USUAL, 100000, 100000, true, 100000, NULL, NULL },
	{ USUAL, 0, 0, true, 0, "pve.shifted says that they have the host's",
	  "remove pve.shifted" },
	{ USUAL, 200000, 300000, false, 0,
	  "belongs to 200000:300000, so its files are shifted for "
	  "another range",
	  "pct set 105 --idmap \"u 0 200000 65536;g 0 300000 65536\"" },
	{ USUAL, 100000, 0, false, 0, "belongs to 100000:0", "chown it to 0:0" },
	{ USUAL, 65536, 65536, false, 0, "belongs to 65536:65536", "--idmap" },
	{ USUAL, 165536, 165536, false, 0, "belongs to 165536:165536", "--idmap" },
	{ "u 0 200000 65536", "g 0 300000 65536", 200000, 300000, false, 200000, NULL, NULL },
	/* Each id is in both ranges, but for the two of root. */
	{ "u 0 1000 65536", "g 0 1000 65536", 0, 0, false, 1000, NULL, NULL },
	{ "u 0 1000 65536", "g 0 1000 65536", 1000, 1500, false, 1000, NULL, NULL },
	/* Root of the container is host root, so only the key tells. */
	{ "u 0 0 65536", "g 0 0 65536", 0, 0, false, 0, NULL, NULL },
	{ "u 0 0 65536", "g 0 0 65536", 0, 0, true, 0, NULL, NULL },
	{ NULL, NULL, 0, 0, false, 0, NULL, NULL },
	{ NULL, NULL, 1000, 0, false, 1000, NULL, NULL },
	{ NULL, NULL, 100000, 100000, false, 0, "shifted for an unprivileged container",
	  "pve.unprivileged = 1" },
};

/* look() and a check of the config say the same as the mount. */
static void assert_checked(const struct volume *v, const struct shift *s)
{
	char *lines[] = { (char *)s->user, (char *)s->group, NULL };
	struct conf_volume volume = { .slot = (char *)"rootfs", .id = v->id,
				      .mount_point = (char *)"/" };
	struct conf conf = { .ctid = 105,
			     .volumes = &volume,
			     .n_volumes = 1,
			     .mapped = s->user,
			     .shifted = s->key,
			     .idmap = s->user ? lines : NULL };
	struct volume_owner owner;
	struct err found;

	assert_int_equal(v->ops->look(v, &owner, &found), 0);
	assert_int_equal(owner.uid, s->uid);
	assert_int_equal(owner.gid, s->gid);
	assert_int_equal(volume_check_slot(&conf, &volume, &found), s->cause ? -EPERM : 0);
	if (s->cause)
		assert_string_equal(found.cause, e.cause);
}

static void finds_shift(void **state)
{
	struct statvfs fs;
	struct stat st;

	(void)state;
	needs_call(SYS_clone3, "clone3(2)");
	for (size_t i = 0; i < ARRAY_SIZE(shifts) * ARRAY_SIZE(volumes); i++) {
		const struct shift *s = &shifts[i / ARRAY_SIZE(volumes)];
		const struct volume *v = volumes[i % ARRAY_SIZE(volumes)];
		struct idmap map;
		int r;

		if (s->user)
			map = map_of(s->user, s->group);
		give_top(v, s->uid, s->gid);
		r = mount_as(v, s->user ? &map : NULL, s->key);
		if (r != (s->cause ? -EPERM : 0))
			fail_msg("row %zu: %d, \"%s\"", i / ARRAY_SIZE(volumes), r, e.cause);
		if (s->cause && (!strstr(e.cause, s->cause) || !strstr(e.remedy, s->remedy)))
			fail_msg("\"%s; %s\" lacks \"%s; %s\"", e.cause, e.remedy, s->cause,
				 s->remedy);
		assert_checked(v, s);
		if (s->cause)
			continue;
		assert_int_equal(stat(target, &st), 0);
		assert_int_equal(st.st_uid, s->seen);
		assert_int_equal(statvfs(target, &fs), 0);
		assert_int_equal(!!(fs.f_flag & ST_NODEV), !!s->user);
		assert_int_equal(mount_detach(target, &e), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++)
		give_top(volumes[i], 0, 0);
	assert_detached();
}

/* An image of another mke2fs: block and inode sizes, 32-bit descriptors. */
static void looks_into_images(void **state)
{
	static const char *const kinds[][3] = {
		{ "-b1024", "-I128", "-O^64bit" },
		{ "-b4096", "-I1024", "-O64bit" },
		{ "-b2048", "-I256", "-O^64bit,^extent,^flex_bg" },
		{ "-b1024", "-I256", "-O64bit,^resize_inode,meta_bg" },
	};
	autofree char *path = xasprintf("%s/other.raw", images);
	const struct volume v = { &volume_dir, VOLUME_RAW, (char *)"local:105/other.raw", path,
				  NULL };
	struct volume_owner owner;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *const *k = kinds[i];
		const char *const mke2fs[] = {
			"mke2fs", "-q", "-F", "-t", "ext4",
			k[0], k[1], k[2], "-E", "root_owner=100000:200000",
			path, "32M", NULL
		};

		assert_int_equal(run_program(mke2fs, &e), 0);
		assert_int_equal(v.ops->look(&v, &owner, &e), 0);
		assert_int_equal(owner.uid, 100000);
		assert_int_equal(owner.gid, 200000);
		assert_int_equal(unlink(path), 0);
	}
}

static void make_image(const char *path)
{
	const char *const mke2fs[] = { "mke2fs", "-q", "-F", "-t", "ext4", "-b1024", "-O",
				       "64bit,^metadata_csum", path, "8M", NULL };

	assert_int_equal(run_program(mke2fs, &e), 0);
}

static void overwrite_at(const char *path, off_t at, const char *data, size_t n)
{
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, data, n, at), n);
}

/* A damaged image is an error of a check, too, and nothing worse. */
static void look_refuses(void **state)
{
	/* Superblock at 1024, group descriptor at 2048: s_log_block_size, s_first_data_block,
	 * s_inode_size, bg_inode_table_lo and _hi. */
	static const struct {
		off_t at;
		size_t n;
		const char *cause;
	} damages[] = {
		{ 1024 + 0x18, 4, "" },
		{ 1024 + 0x14, 4, "has no group descriptor" },
		{ 1024 + 0x58, 2, "has a damaged top folder" },
		{ 2048 + 0x08, 4, "has a damaged top folder" },
		{ 2048 + 0x28, 4, "has a damaged top folder" },
	};
	autofree char *path = xasprintf("%s/empty.raw", images);
	const struct volume v = { &volume_dir, VOLUME_RAW, (char *)"local:105/empty.raw", path,
				  NULL };
	struct volume_owner owner;
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(v.ops->look(&v, &owner, &e), -EUCLEAN);
	assert_non_null(strstr(e.cause, "contains no known file system"));
	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		make_image(path);
		overwrite_at(path, damages[i].at, "\377\377\377\377\377\377", damages[i].n);
		if (v.ops->look(&v, &owner, &e) != -EUCLEAN || !strstr(e.cause, damages[i].cause))
			fail_msg("%zu: \"%s\"", i, e.cause);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(v.ops->look(&v, &owner, &e), -ENOENT);
}

/* The author of an image must not decide that the first error in it ends the host. */
static void errors_do_not_panic(void **state)
{
	const char *const panic[] = { "tune2fs", "-e", "panic", raw.path, NULL };
	const char *const usual[] = { "tune2fs", "-e", "continue", raw.path, NULL };
	autofree char *text = NULL, *mounted = xasprintf(" %s ", target);
	char *line;

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(run_program(panic, &e), 0);
	assert_int_equal(mount_it(&raw), 0);
	assert_int_equal(file_read("/proc/self/mountinfo", 1 << 20, &text, NULL, &e), 0);
	line = strstr(text, mounted);
	assert_non_null(line);
	line[strcspn(line, "\n")] = '\0';
	/* The kernel shows the option where it differs from the image's. */
	assert_non_null(strstr(line, "errors=remount-ro"));
	assert_int_equal(mount_detach(target, &e), 0);
	assert_int_equal(run_program(usual, &e), 0);
}

static void attached_once(void **state)
{
	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(mount_it(&raw), 0);
	assert_int_equal(mount_it(&raw), -EBUSY);
	assert_non_null(strstr(e.cause, "attached already"));
	assert_int_equal(volume_remove(&raw, &e), -EBUSY);
	assert_int_equal(mount_detach(target, &e), 0);
	assert_detached();
}

static void folder_is_private(void **state)
{
	(void)state;
	assert_int_equal(chmod(images, 0755), 0);
	assert_int_equal(mount_it(&raw), -EPERM);
	assert_non_null(strstr(e.remedy, "chmod 0700"));
	assert_int_equal(chmod(images, 0700), 0);
	assert_int_equal(chown(images, 100000, 100000), 0);
	assert_int_equal(mount_it(&subvol), -EPERM);
	assert_int_equal(chown(images, 0, 0), 0);
}

static void missing(void **state)
{
	autofree char *path = xasprintf("%s/none.raw", images);
	autofree char *link = xasprintf("%s/link.raw", images);
	autofree char *named = xasprintf("%s/x.raw", images);
	const struct volume none = { &volume_dir, VOLUME_RAW, (char *)"local:105/none.raw", path,
				     NULL };
	const struct volume linked = { &volume_dir, VOLUME_RAW, (char *)"local:105/link.raw", link,
				       NULL };
	const struct volume folder = { &volume_dir, VOLUME_RAW, (char *)"local:105/x.raw", named,
				       NULL };

	(void)state;
	assert_int_equal(mount_it(&none), -ENOENT);
	assert_non_null(strstr(e.object, "local:105/none.raw"));
	assert_int_equal(symlink(raw.path, link), 0);
	assert_int_equal(mount_it(&linked), -EINVAL);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(mkdir(folder.path, 0700), 0);
	assert_true(mount_it(&folder) < 0);
	assert_int_equal(rmdir(folder.path), 0);
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
	struct conf_volume both[] = {
		{ .slot = (char *)"rootfs", .id = raw.id, .mount_point = (char *)"/" },
		{ .slot = (char *)"mp0", .id = subvol.id, .mount_point = (char *)"/data" },
	};
	struct conf conf = { .ctid = 105, .volumes = both, .n_volumes = 2 };

	(void)state;
	needs_call(SYS_fsopen, "fsopen(2)");
	assert_int_equal(mount_it(&raw), 0);
	assert_int_equal(mkdir(data, 0755), 0);
	/* The host's folder of this name is not the container's. */
	assert_int_equal(symlink(dir, link), 0);
	assert_int_equal(mount_detach(target, &e), 0);
	assert_int_equal(mkdir(mark, 0755), 0);

	assert_int_equal(mount_volumes(&conf, NULL, target, NULL, &e), 0);
	assert_int_equal(access(seen, F_OK), 0);
	assert_int_equal(mount_detach(target, &e), 0);
	both[1].mount_point = (char *)"/link";
	assert_int_equal(mount_volumes(&conf, NULL, target, NULL, &e), -ELOOP);
	assert_string_equal(e.object, "mp0");
	assert_non_null(str_after(e.cause, "/link: "));
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
	    volume_create("local", 105, 1024, &raw, &e) < 0 ||
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
		cmocka_unit_test(maps_ids), cmocka_unit_test(finds_shift),
		cmocka_unit_test(looks_into_images), cmocka_unit_test(look_refuses),
		cmocka_unit_test(errors_do_not_panic), cmocka_unit_test(attached_once),
		cmocka_unit_test(folder_is_private),
		cmocka_unit_test(missing), cmocka_unit_test(below),
		cmocka_unit_test(damaged),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
