/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* storage.cfg, volume ids and templates. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"

static char dir[] = "/tmp/storage-XXXXXX";
static char *config;
static struct err e;

static void configure(const char *text)
{
	memset(&e, 0, sizeof e);
	if (text)
		assert_int_equal(file_write(config, text, strlen(text), 0644, &e), 0);
	else
		unlink(config);
}

static void no_config(void **state)
{
	struct storage *list;

	(void)state;
	configure(NULL);
	assert_int_equal(storage_list(&list, &e), 0);
	assert_string_equal(list[0].id, "local");
	assert_string_equal(list[0].path, dir);
	assert_true(list[0].has_images && list[0].has_templates);
	assert_null(list[1].id);
	storage_list_free(list);
}

static void reads_config(void **state)
{
	struct storage *list;

	(void)state;
	configure("# comment\ndir: big\n\tpath /srv/big disk\n\tcontent rootdir,iso\n\tshared 1\n\n"
		  "esxi: tank\n\tpool rpool\n\tcontent rootdir\n\n"
		  "dir: off\n\tpath /off\n\tdisable\n\n"
		  "dir: elsewhere\n\tpath /off\n\tnodes no-such-node\n\n"
		  "dir: tmpl\n    path /srv/t\n    content vztmpl\n");
	assert_int_equal(storage_list(&list, &e), 0);
	assert_string_equal(list[0].id, "big");
	assert_string_equal(list[0].path, "/srv/big disk");
	assert_true(list[0].has_images && !list[0].has_templates);
	assert_string_equal(list[1].id, "tmpl");
	assert_true(!list[1].has_images && list[1].has_templates);
	assert_string_equal(list[2].id, "local");
	assert_null(list[3].id);
	storage_list_free(list);
}

/* All storages, also those that this node cannot use. */
static void lists_all(void **state)
{
	static const struct {
		const char *id;
		enum storage_use use;
		unsigned line;
	} want[] = {
		{ "off", STORAGE_DISABLED, 1 },	   { "else", STORAGE_OTHER_NODE, 5 },
		{ "tank", STORAGE_UNKNOWN, 9 },	   { "all", STORAGE_USABLE, 17 },
		{ "local", STORAGE_DISABLED, 25 },
	};
	struct storage *list;
	size_t n = 0;

	(void)state;
	configure("dir: off\n\tpath /off\n\tdisable\n\n"
		  "dir: else\n\tpath /off\n\tnodes no-such-node\n\n"
		  "new-type: tank\n\tpath not checked\n\tcontent rootdir\n\n"
		  "odd-type: a b\n\tkey\n\n"
		  "\ndir: all\n\tpath /a\n\tcontent rootdir,new-word\n\tmaxfiles many\n"
		  "\tpool ..\n\tis_mountpoint yes\n\tmkdir 0\n\n"
		  "dir: local\n\tdisable 1\n");
	assert_int_equal(storage_list_all(&list, &e), 0);
	for (; list[n].id; n++) {
		assert_true(n < ARRAY_SIZE(want));
		assert_string_equal(list[n].id, want[n].id);
		assert_int_equal(list[n].use, want[n].use);
		assert_int_equal(list[n].line, want[n].line);
	}
	assert_int_equal(n, ARRAY_SIZE(want));
	assert_string_equal(list[2].type, "new-type");
	assert_string_equal(list[2].path, "not checked");
	assert_true(list[3].has_images);
	assert_null(list[3].pool);
	assert_false(storage_flag(list[3].mkdir, true));
	assert_true(storage_flag(list[3].shared, true));
	storage_list_free(list);
	/* A disabled "local" is not replaced by the built-in one. */
	assert_int_equal(storage_list(&list, &e), 0);
	assert_string_equal(list[0].id, "all");
	assert_null(list[1].id);
	storage_list_free(list);
}

static void no_text_after_nul(void **state)
{
	static const char text[] = "dir: aa\n\tpath /x\n\0dir: bb\n\tpath /y\n";
	struct storage *list;

	(void)state;
	assert_int_equal(file_write(config, text, sizeof text - 1, 0644, &e), 0);
	assert_int_equal(storage_list(&list, &e), -EINVAL);
	assert_non_null(strstr(e.cause, "NUL"));
}

/* Storages whose folder must be a mount point, or must be there. */
static void folders(void **state)
{
	static const struct {
		const char *keys, *cause; /* cause NULL: usable */
	} cases[] = {
		{ "path /proc/\n\tis_mountpoint 1", NULL },
		{ "path /proc/self\n\tis_mountpoint yes", "nothing is mounted on /proc/self" },
		{ "path /proc/self\n\tis_mountpoint /proc", NULL },
		{ "path /proc\n\tis_mountpoint /usr/lib", "nothing is mounted on /usr/lib" },
		{ "path /usr/lib\n\tis_mountpoint 0", NULL },
		{ "path /none\n\tmkdir 0", "cannot find the folder /none" },
		{ "path /none\n\tcreate-base-path 0", "cannot find the folder /none" },
		{ "path /none\n\tmkdir 1", NULL },
		{ "path /usr\n\tmkdir 0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *text = xasprintf("dir: aa\n\t%s\n", cases[i].keys);
		int r;

		configure(text);
		r = storage_check("aa", &e);
		assert_int_equal(r, cases[i].cause ? -ENOENT : 0);
		if (cases[i].cause && (!strstr(e.cause, cases[i].cause) || !*e.remedy))
			fail_msg("%s; %s", e.cause, e.remedy);
	}
}

static void default_storage(void **state)
{
	static const struct {
		const char *text, *id;
	} cases[] = {
		{ "", "local" },
		{ "dir: aa\n\tpath /a\n", "local" },
		{ "dir: aa\n\tpath /a\n\ndir: local\n\tcontent iso\n", "aa" },
		{ "dir: local\n\tcontent iso\n\ndir: aa\n\tpath /a\n\tcontent iso\n\n"
		  "dir: bb\n\tpath /a\n\tdisable\n\ndir: cc\n\tpath /a\n\tcontent rootdir\n\n"
		  "dir: dd\n\tpath /a\n", "cc" },
		{ "dir: local\n\tcontent iso\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *id = NULL;

		configure(cases[i].text);
		assert_int_equal(storage_default(&id, &e), cases[i].id ? 0 : -ENOENT);
		if (cases[i].id)
			assert_string_equal(id, cases[i].id);
	}
}

static void bad_config(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "dir: a b\n\tpath /x\n", "storage.cfg:1" }, { "dir: aa\n", "storage.cfg:1" },
		{ "\ndir: aa\n\tpath x\n", "storage.cfg:3" }, { "nonsense\n", "storage.cfg:1" },
		{ "dir: aa\n\tpath /a/../b\n", "storage.cfg:2" },
		{ "dir: aa\n\tpath /a\n\ndir: aa\n\tpath /b\n", "storage.cfg:4" },
		{ "zfspool: aa\n\tsparse\n", "storage.cfg:1" },
		{ "zfspool: aa\n\tpool a\n\tblocksize 12k\n", "storage.cfg:3" },
		{ "zfspool: aa\n\tpool a\n\tblocksize 8kB\n", "storage.cfg:3" },
		{ "zfspool: aa\n\tpool a\n\tblocksize 2M\n", "storage.cfg:3" },
		{ "zfspool: aa\n\tpool a\n\tblocksize 256\n", "storage.cfg:3" },
		{ "zfspool: aa\n\tpool a\n\tblocksize k\n", "storage.cfg:3" },
	};
	struct storage *list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		configure(cases[i].text);
		assert_int_equal(storage_list(&list, &e), -EINVAL);
		assert_non_null(strstr(e.object, cases[i].line));
	}
}

static void block_sizes(void **state)
{
	static const char *const good[] = { "8k", "16K", "8192", "512", "1M", "128k" };
	struct storage *list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		autofree char *text = xasprintf("zfspool: aa\n\tpool a\n\tblocksize %s\n", good[i]);

		configure(text);
		assert_int_equal(storage_list(&list, &e), 0);
		assert_string_equal(list[0].blocksize, good[i]);
		storage_list_free(list);
	}
}

static void volume_ids(void **state)
{
	static const char *const bad[] = {
		"local", "local:105", "local:105/", "local:105/vm.img", "local:105/../vm.raw",
		"local:105/.raw.raw/x.raw", "local:105/a/b.raw", "local:../105/vm.raw",
		"x:105/vm.raw",
		"local:0105/vm.raw", "/dev/sda", "local:105/vm 1.raw", "local:105/vm$x.raw", "",
	};
	autofree char *path = xasprintf("%s/images/105/vm-105-rootfs.raw", dir);
	struct volume v;

	(void)state;
	configure(NULL);
	assert_int_equal(volume_find("local:105/vm-105-rootfs.raw", 105, &v, &e), 0);
	assert_int_equal(v.form, VOLUME_RAW);
	assert_string_equal(v.path, path);
	volume_done(&v);
	assert_int_equal(volume_find("local:105/subvol-105-rootfs.subvol", 105, &v, &e), 0);
	assert_int_equal(v.form, VOLUME_TREE);
	volume_done(&v);
	assert_int_equal(volume_find("local:105/vm-105-rootfs.raw", 106, &v, &e), -EINVAL);
	assert_non_null(strstr(e.cause, "105"));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(volume_find(bad[i], 105, &v, &e), -EINVAL);
	assert_int_equal(volume_find("none:105/vm-105-rootfs.raw", 105, &v, &e), -ENOENT);
	/* Nobody knows yet whose it is. */
	assert_int_equal(volume_find("local:105/vm-105-rootfs.raw", 0, &v, &e), 0);
	volume_done(&v);
}

/* As Proxmox VE has them: an image is in a subvolume of its own. */
static void btrfs_ids(void **state)
{
	struct volume v;

	(void)state;
	configure("btrfs: fast\n\tpath /srv\n\tnocow 1\n");
	assert_int_equal(volume_find("fast:105/vm-105-disk-0.raw", 105, &v, &e), 0);
	assert_int_equal(v.form, VOLUME_RAW);
	assert_string_equal(v.path, "/srv/images/105/vm-105-disk-0/disk.raw");
	assert_ptr_equal(v.ops, &volume_btrfs);
	assert_true(storage_flag(v.storage->nocow, false));
	volume_done(&v);
	assert_int_equal(volume_find("fast:105/subvol-105-disk-0.subvol", 105, &v, &e), 0);
	assert_int_equal(v.form, VOLUME_TREE);
	assert_string_equal(v.path, "/srv/images/105/subvol-105-disk-0.subvol");
	volume_done(&v);
	assert_int_equal(volume_find("fast:105/vm-105-disk-0", 105, &v, &e), -EINVAL);
	assert_int_equal(volume_find("fast:105/vm-105-disk-0/disk.raw", 105, &v, &e), -EINVAL);
}

/* Volumes of Proxmox VE that pct cannot use, each with its reason. */
static void unusable(void **state)
{
	static const struct {
		const char *id, *cause;
		int num;
	} cases[] = {
		{ "later:vm-105-disk-0", "the storage has the type esxi", ENOTSUP },
		{ "off:105/x.raw", "the storage is disabled", ENOTSUP },
		{ "else:105/x.raw", "the storage is only for the nodes no-such-node", ENOTSUP },
		{ "none:105/x.raw", "there is no such storage", ENOENT },
		{ "local:105/vm-105-disk-0.qcow2", "is not a raw image", EINVAL },
		{ "local:100/base-100-disk-0.raw/105/vm-105-disk-0.raw", "is a linked clone",
		  EINVAL },
		{ "/dev/sda", "is a path of the host", EINVAL },
	};
	struct volume v;

	(void)state;
	configure("esxi: later\n\tserver 198.18.0.9\n\ndir: off\n\tpath /off\n\tdisable\n\n"
		  "dir: else\n\tpath /off\n\tnodes no-such-node\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(volume_find(cases[i].id, 105, &v, &e), -cases[i].num);
		if (!strstr(e.cause, cases[i].cause) || !*e.remedy)
			fail_msg("\"%s; %s\" lacks \"%s\"", e.cause, e.remedy, cases[i].cause);
	}
}

static void volumes(void **state)
{
	autofree char *images = xasprintf("%s/images/105", dir);
	struct volume v, second;
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	configure(NULL);
	for (unsigned mib = 0; mib <= 512; mib += 512) {
		assert_int_equal(volume_create("local", 105, mib, &v, &e), 0);
		assert_int_equal(stat(images, &st), 0);
		assert_int_equal(st.st_mode, S_IFDIR | 0700);
		assert_int_equal(stat(v.path, &st), 0);
		if (mib) {
			assert_int_equal(st.st_size, 1 << 29);
			assert_true(st.st_blocks < 64 * 1024);
		}
		assert_int_equal(volume_create("local", 105, mib, &second, &e), -EEXIST);
		assert_int_equal(access(v.path, F_OK), 0);
		assert_int_equal(volume_remove(&v, &e), 0);
		assert_int_equal(volume_remove(&v, &e), 0);
		assert_true(access(images, F_OK) < 0);
		volume_done(&v);
	}
	assert_int_equal(mkdir(images, 0755), 0);
	assert_int_equal(volume_create("local", 105, 1, &v, &e), -EPERM);
	assert_non_null(strstr(e.remedy, "chmod 0700"));
	assert_int_equal(rmdir(images), 0);
}

static void newest_template(void **state)
{
	static const char *const files[] = {
		"debian-9-standard_9.13-1_amd64.tar.gz",
		"debian-12-standard_12.9-1_amd64.tar.zst",
		"debian-12-standard_12.12-1_amd64.tar.zst",
		"debian-12-standard_12.12-2_amd64.tar.zst",
		"debian-11-networkd_11.11-1_amd64.tar.zst",
		"debian-sid-standard_sid-1_amd64.tar.zst",
		"debian-120.txt",
		".debian-13-standard_13.1-1_amd64.tar.zst",
		"alpine-3.9-default_20190101_amd64.tar.xz",
		"alpine-3.19-default_20240207_amd64.tar.xz",
		"ubuntu-24.04-standard_24.04-2_amd64.tar.zst",
		"ubuntu-24.10-standard_24.10-1_amd64.tar.zst",
		"busybox-standard_1.35.0-1_amd64.tar.zst",
		"rocky-9-default_1_amd64.tar.xz",
		"rocky-9-default_1_arm64.tar.xz",
		"rocky-8-default_2_amd64.tar.xz",
		"plain.tgz",
	};
	static const struct {
		const char *words, *file; /* file NULL: several kinds; "": none */
	} cases[] = {
		{ "debian", "debian-12-standard_12.12-2_amd64.tar.zst" },
		{ "debian-9", "debian-9-standard_9.13-1_amd64.tar.gz" },
		{ "debian-12-standard_12.9-1_amd64", "debian-12-standard_12.9-1_amd64.tar.zst" },
		{ "debian-11", "debian-11-networkd_11.11-1_amd64.tar.zst" },
		{ "debian-sid", "debian-sid-standard_sid-1_amd64.tar.zst" },
		{ "alpine", "alpine-3.19-default_20240207_amd64.tar.xz" },
		{ "alpine-3.9", "alpine-3.9-default_20190101_amd64.tar.xz" },
		{ "ubuntu", "ubuntu-24.10-standard_24.10-1_amd64.tar.zst" },
		{ "busybox", "busybox-standard_1.35.0-1_amd64.tar.zst" },
		{ "rocky", NULL },
		{ "rocky-9", NULL },
		{ "rocky-8", "rocky-8-default_2_amd64.tar.xz" },
		{ "plain", "plain.tgz" },
		{ "debian-1", "" },
		{ "de", "" },
		{ "debian-120", "" },
	};
	autofree char *cache = xasprintf("%s/template/cache", dir);

	(void)state;
	configure(NULL);
	assert_int_equal(file_mkdirs(cache, 0755, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *path = xasprintf("%s/%s", cache, files[i]);

		assert_int_equal(file_write(path, "", 0, 0644, NULL), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *found = NULL, *want = xasprintf("%s/%s", cache, cases[i].file);
		int r = template_find(cases[i].words, &found, &e);

		if (!cases[i].file)
			assert_int_equal(r, -ENOTUNIQ);
		else if (!*cases[i].file)
			assert_int_equal(r, -ENOENT);
		else if (r < 0 || !str_eq(found, want))
			fail_msg("%s: %s", cases[i].words, found ? found : e.cause);
	}
}

static void templates(void **state)
{
	autofree char *cache = xasprintf("%s/template/cache", dir);
	autofree char *path = xasprintf("%s/deb.tar.zst", cache), *found = NULL;
	char **forms = NULL;

	(void)state;
	configure(NULL);
	assert_int_equal(file_mkdirs(cache, 0755, &e), 0);
	assert_int_equal(file_write(path, "x", 1, 0644, &e), 0);
	strv_push(&forms, "deb.tar.zst");
	strv_push(&forms, "local:vztmpl/deb.tar.zst");
	strv_push(&forms, path);
	for (char **form = forms; *form; form++) {
		free(steal(&found));
		assert_int_equal(template_find(*form, &found, &e), 0);
		assert_string_equal(found, path);
	}
	strv_free(forms);
	assert_int_equal(template_find("none.tar", &found, &e), -ENOENT);
	assert_non_null(strstr(e.cause, cache));
	assert_int_equal(template_find("local:vztmpl/../deb.tar.zst", &found, &e), -EINVAL);
	assert_int_equal(template_find("local:iso/deb.tar.zst", &found, &e), -EINVAL);
	assert_int_equal(template_find(dir, &found, &e), -EINVAL);
	assert_int_equal(template_find("", &found, &e), -EINVAL);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	config = xasprintf("%s/storage.cfg", dir);
	return setenv("PCT_ETC", dir, 1) | setenv("PCT_VZ", dir, 1);
}

static int tear_down(void **state)
{
	const char *const rm[] = { "rm", "-rf", "--", dir, NULL };

	(void)state;
	free(config);
	return run_program(rm, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_config),  cmocka_unit_test(reads_config),
		cmocka_unit_test(bad_config),
		cmocka_unit_test(block_sizes), cmocka_unit_test(volume_ids),
		cmocka_unit_test(volumes),    cmocka_unit_test(templates),
		cmocka_unit_test(newest_template),
		cmocka_unit_test(btrfs_ids),
		cmocka_unit_test(unusable),   cmocka_unit_test(lists_all),
		cmocka_unit_test(folders),    cmocka_unit_test(no_text_after_nul),
		cmocka_unit_test(default_storage),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
