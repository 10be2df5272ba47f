/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a template may and may not do.  Needs root: the child is another user. */
#include "tests/unit/archive.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

static void refused(int num, const char *member)
{
	assert_int_equal(end(), -num);
	named(member);
}

/* ---- what arrives ---- */

static void names(void **state)
{
	struct stat st;

	(void)state;
	begin();
	put(entry("./", S_IFDIR | 0751), NULL);
	put_file("./dot", "1");
	put_file("/absolute", "2");
	put_file("./usr//twice", "3");
	put_file("z\303\274rich", "4");
	assert_int_equal(end(), 0);
	assert_int_equal(result.members, 5);
	assert_true(exists("dot") && exists("absolute") && exists("usr/twice"));
	assert_true(exists("z\303\274rich"));
	stat_inside("", &st);
	assert_int_equal(st.st_mode & 07777, 0751);
	assert_int_equal(st.st_mtime, 1000000000);
}

static void attributes(void **state)
{
	struct archive_entry *a = entry("suid", S_IFREG | 04755);
	autofree char *path = inside("suid");
	char value[16];
	struct stat st, other;

	(void)state;
	begin();
	archive_entry_set_uid(a, 33);
	archive_entry_set_gid(a, 65534);
	archive_entry_xattr_add_entry(a, "user.note", "yes", 3);
	archive_entry_xattr_add_entry(a, "security.selinux", "no", 2);
	put(a, "data");
	put_hardlink("./same", "./suid");
	put(entry("pipe", S_IFIFO | 0600), NULL);
	put_link("link", "/etc/../anywhere");
	assert_int_equal(end(), 0);
	stat_inside("suid", &st);
	assert_int_equal(st.st_mode, S_IFREG | 04755);
	assert_int_equal(st.st_uid, FIRST + 33);
	assert_int_equal(st.st_gid, FIRST + 65534);
	assert_int_equal(st.st_mtime, 1000000000);
	stat_inside("same", &other);
	assert_int_equal(st.st_ino, other.st_ino);
	assert_true(result.attributes >= 1);
	if (getxattr(path, "user.note", value, sizeof value) < 0)
		assert_int_equal(errno, ENOTSUP); /* a tmpfs before Linux 6.6 */
	assert_true(getxattr(path, "security.selinux", value, sizeof value) < 0 ||
		    memcmp(value, "no", 2) != 0);
	stat_inside("pipe", &st);
	assert_true(S_ISFIFO(st.st_mode));
	stat_inside("link", &st);
	assert_true(S_ISLNK(st.st_mode));
}

/* What the kernel keeps in an attribute, tar --xattrs saves as one. */
static void access_list(void **state)
{
	static const unsigned char acl[] = {
		2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 4, 0, 5, 0, 255, 255, 255, 255,
		8, 0, 6, 0, 4, 0, 0, 0, 16, 0, 7, 0, 255, 255, 255, 255,
		32, 0, 0, 0, 255, 255, 255, 255,
	};
	struct archive_entry *a = entry("journal", S_IFDIR | 0770);
	autofree char *path = inside("journal");
	unsigned char got[64];
	ssize_t n;

	(void)state;
	begin();
	archive_entry_xattr_add_entry(a, "system.posix_acl_access", acl, sizeof acl);
	put(a, NULL);
	assert_int_equal(end(), 0);
	n = getxattr(path, "system.posix_acl_access", got, sizeof got);
	assert_int_equal(n, sizeof acl);
	/* Group 4 of the container. */
	assert_int_equal(got[24] | got[25] << 8 | got[26] << 16, FIRST + 4);
	assert_memory_equal(got, acl, 24);
}

static struct archive_entry *shifted_entry(const char *name, mode_t mode, int64_t uid, int64_t gid)
{
	struct archive_entry *a = entry(name, mode);

	archive_entry_set_uid(a, uid);
	archive_entry_set_gid(a, gid);
	return a;
}

/* An archive that was made on a host, of a container whose ids begin at 200000 and 300000. */
static void host_ids(void **state)
{
	/* cap_net_raw of a user namespace: linux/capability.h, struct vfs_ns_cap_data. */
	static const unsigned char capability[] = {
		1, 0, 0, 3, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x0d, 3, 0,
	};
	struct archive_entry *a = shifted_entry("ping", S_IFREG | 0755, 200000, 300005);
	autofree char *path = inside("ping"), *list = inside("journal");
	unsigned char got[64];
	struct stat st;

	(void)state;
	begin();
	put(shifted_entry("./", S_IFDIR | 0755, 200000, 300000), NULL);
	put(shifted_entry("home", S_IFREG | 0600, 201000, 301000), "x");
	archive_entry_xattr_add_entry(a, "security.capability", capability, sizeof capability);
	put(a, "data");
	a = shifted_entry("journal", S_IFDIR | 0770, 200000, 300000);
	archive_entry_acl_add_entry(a, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, 7, ARCHIVE_ENTRY_ACL_USER_OBJ,
				    -1, NULL);
	archive_entry_acl_add_entry(a, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, 5,
				    ARCHIVE_ENTRY_ACL_GROUP_OBJ, -1, NULL);
	archive_entry_acl_add_entry(a, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, 6, ARCHIVE_ENTRY_ACL_GROUP,
				    300004, NULL);
	archive_entry_acl_add_entry(a, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, 7, ARCHIVE_ENTRY_ACL_MASK, -1,
				    NULL);
	archive_entry_acl_add_entry(a, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, 0, ARCHIVE_ENTRY_ACL_OTHER,
				    -1, NULL);
	put(a, NULL);
	assert_int_equal(end(), 0);
	assert_int_equal(result.root, 200000);
	stat_inside("home", &st);
	assert_int_equal(st.st_uid, FIRST + 1000);
	assert_int_equal(st.st_gid, FIRST + 1000);
	stat_inside("ping", &st);
	assert_int_equal(st.st_gid, FIRST + 5);
	/* Of the container's root now. */
	assert_int_equal(getxattr(path, "security.capability", got, sizeof got), sizeof capability);
	assert_memory_equal(got, capability, 20);
	assert_int_equal(got[20] | got[21] << 8 | got[22] << 16, FIRST);
	assert_int_equal(getxattr(list, "system.posix_acl_access", got, sizeof got), 44);
	assert_int_equal(got[24] | got[25] << 8 | got[26] << 16, FIRST + 4);
}

/* For a privileged container, whose ids are those in the archive, it is the same. */
static void host_ids_privileged(void **state)
{
	struct stat st;

	(void)state;
	begin();
	put(shifted_entry("bin", S_IFDIR | 0755, 100000, 100000), NULL);
	put(shifted_entry("mail", S_IFREG | 0600, 100008, 100008), "x");
	assert_int_equal(archive_write_close(out), ARCHIVE_OK);
	archive_write_free(out);
	assert_int_equal(unpack_bytes(used, NULL), 0);
	assert_int_equal(result.root, 100000);
	stat_inside("mail", &st);
	assert_int_equal(st.st_uid, 8);
}

static void mixed_ids(void **state)
{
	(void)state;
	begin();
	put(shifted_entry("./", S_IFDIR | 0755, 100000, 100000), NULL);
	put(shifted_entry("own", S_IFREG | 0644, 100000, 0), "x");
	refused(EINVAL, "own");
	begin();
	put(shifted_entry("./", S_IFDIR | 0755, 200000, 200000), NULL);
	put(shifted_entry("large", S_IFREG | 0644, 265536, 200000), "x");
	refused(EOVERFLOW, "large");
	begin();
	put(shifted_entry("./", S_IFDIR | 0755, 0, 0), NULL);
	put(shifted_entry("later", S_IFREG | 0644, 100000, 100000), "x");
	refused(EOVERFLOW, "later");
	assert_int_equal(result.root, 0);
}

static void sparse(void **state)
{
	struct archive_entry *a = entry("holes", S_IFREG | 0600);
	struct stat st;

	(void)state;
	begin();
	archive_entry_set_size(a, 4 << 20);
	archive_entry_sparse_add_entry(a, 2 << 20, 4096);
	assert_int_equal(archive_write_header(out, a), ARCHIVE_OK);
	archive_entry_free(a);
	for (size_t i = 0; i < 4 << 20; i += 4096) {
		static const char zeros[4096];

		archive_write_data(out, zeros, sizeof zeros);
	}
	assert_int_equal(end(), 0);
	stat_inside("holes", &st);
	assert_int_equal(st.st_size, 4 << 20);
	assert_true(st.st_blocks < 64);
}

static void devices(void **state)
{
	struct archive_entry *a = entry("dev/sda", S_IFBLK | 0600);

	(void)state;
	begin();
	archive_entry_set_rdev(a, makedev(8, 0));
	put(a, NULL);
	put(entry("dev/null", S_IFCHR | 0666), NULL);
	put_file("dev/file", "x");
	assert_int_equal(end(), 0);
	assert_int_equal(result.devices, 2);
	assert_false(exists("dev/sda"));
	assert_false(exists("dev/null"));
}

/* ---- what does not ---- */

static void climbing(void **state)
{
	(void)state;
	begin();
	put_file("a/../../../escaped", "x");
	refused(EINVAL, "escaped");
	begin();
	put_file("..", "x");
	refused(EINVAL, "..");
	begin();
	put_hardlink("hard", "../../../../etc/passwd");
	refused(EINVAL, "hard");
	begin();
	put_file("..fine", "x");
	put_file("fine../a..b", "x");
	assert_int_equal(end(), 0);
}

static void links(void **state)
{
	autofree char *victim = xasprintf("%s/victim", work), *hit = xasprintf("%s/hit", victim);
	struct stat st;

	(void)state;
	mkdir(victim, 0777);
	assert_int_equal(chmod(victim, 0777), 0);
	begin();
	put_link("evil", victim);
	put_file("evil/hit", "x");
	assert_true(end() < 0);
	begin();
	put_link("evil", "../victim");
	put_file("evil/hit", "x");
	assert_true(end() < 0);
	begin();
	put_link("lib", "usr");
	put(entry("usr", S_IFDIR | 0755), NULL);
	put_file("lib/inside", "x");
	assert_true(end() < 0); /* EIO; libarchive 3.8: ELOOP */
	named("lib");
	begin();
	put_link("evil", hit);
	put_file("evil", "x");
	assert_int_equal(end(), 0);
	stat_inside("evil", &st);
	assert_true(S_ISREG(st.st_mode));
	begin();
	put_hardlink("passwd", "/etc/passwd");
	refused(ENOENT, "passwd");
	assert_true(access(hit, F_OK) < 0);
}

static void top(void **state)
{
	(void)state;
	begin();
	put_link("./", "/etc");
	refused(EINVAL, "top");
	begin();
	put_file(".", "x");
	refused(EINVAL, "top");
}

static void foreign_ids(void **state)
{
	struct archive_entry *a = entry("home/big", S_IFREG | 0644);

	(void)state;
	begin();
	archive_entry_set_uid(a, 65536);
	put(a, "x");
	refused(EOVERFLOW, "home/big");
}

/* Compressed, too: the other archives here are not. */
static void full(void **state)
{
	(void)state;
	begin_large();
	refused(ENOSPC, "big");
}

static void damaged(void **state)
{
	(void)state;
	begin();
	put_file("first", "1");
	put_file("second", "2222222222");
	assert_int_equal(archive_write_close(out), ARCHIVE_OK);
	archive_write_free(out);
	assert_int_equal(unpack_bytes(used, &map), 0);
	assert_true(unpack_bytes(1024 + 700, &map) < 0);
	assert_true(unpack_bytes(2048 + 5, &map) < 0);
	assert_true(unpack_bytes(100, &map) < 0);
	assert_non_null(strstr(e.cause, "is not a tar archive"));
	assert_true(unpack_bytes(0, &map) < 0);
	memset(memory, 'A', 4096);
	assert_true(unpack_bytes(4096, &map) < 0);
	assert_non_null(strstr(e.cause, "is not a tar archive"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(attributes),
		cmocka_unit_test(access_list),
		cmocka_unit_test(host_ids),
		cmocka_unit_test(host_ids_privileged),
		cmocka_unit_test(mixed_ids),
		cmocka_unit_test(sparse),
		cmocka_unit_test(devices),
		cmocka_unit_test(climbing),
		cmocka_unit_test(links),
		cmocka_unit_test(top),
		cmocka_unit_test(foreign_ids),
		cmocka_unit_test(full),
		cmocka_unit_test(damaged),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
