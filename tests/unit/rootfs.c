/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hostile tree: whatever lies in it, nothing outside is read or written, and nothing hangs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/rootfs/rootfs.h"
#include "tests/unit/emulated.h"

static char top[64];
static struct rootfs *root;
static struct err e;

static const uint64_t no_limit[ROOTFS_COSTS] = { UINT64_MAX, UINT64_MAX, UINT64_MAX,
						 UINT64_MAX, UINT64_MAX, UINT64_MAX };

static char *at(const char *path)
{
	return xasprintf("%s/root%s", top, path);
}

static void plant(const char *path, const char *text)
{
	autofree char *full = at(path);
	int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void link_to(const char *target, const char *path)
{
	autofree char *full = at(path);

	assert_int_equal(symlink(target, full), 0);
}

static void make_dir(const char *path)
{
	autofree char *full = at(path);

	assert_int_equal(mkdir(full, 0755), 0);
}

static mode_t mode_of(const char *path)
{
	autofree char *full = at(path);
	struct stat st;

	return lstat(full, &st) < 0 ? 0 : st.st_mode;
}

static void holds(const char *path, const char *expected)
{
	autofree char *full = at(path), *text = NULL;

	assert_int_equal(file_read(full, 4096, &text, NULL, &e), 0);
	assert_string_equal(text, expected);
}

static int write_text(const char *path, const char *text, mode_t mode, unsigned flags)
{
	memset(&e, 0, sizeof e);
	return rootfs_write(root, path, text, strlen(text), mode, flags, &e);
}

static int set_up(void **state)
{
	autofree char *dir = NULL, *outside = NULL;

	(void)state;
	umask(022);
	snprintf(top, sizeof top, "/tmp/rootfs-test-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	dir = at("");
	outside = xasprintf("%s/outside", top);
	if (mkdir(dir, 0755) < 0 || file_write(outside, "secret\n", 7, 0644, &e) < 0)
		return -1;
	make_dir("/etc");
	return rootfs_open(dir, &root, &e);
}

static int tear_down(void **state)
{
	autofree char *outside = xasprintf("%s/outside", top), *text = NULL;
	pid_t pid;

	(void)state;
	rootfs_close(root);
	/* In every test: what lies beside the tree is as it was. */
	if (file_read(outside, 100, &text, NULL, &e) < 0 || strcmp(text, "secret\n") != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", top, (char *)NULL);
		_exit(1);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static void test_stays_inside(void **state)
{
	autofree char *outside = xasprintf("%s/outside", top), *text = NULL;

	(void)state;
	link_to(outside, "/etc/absolute");
	link_to("../../outside", "/etc/relative");
	link_to("../../../../../../../..", "/etc/up");
	link_to(top, "/etc/dir");
	assert_int_equal(rootfs_read(root, "/etc/absolute", &text, NULL, &e), -ENOENT);
	assert_int_equal(rootfs_read(root, "/etc/relative", &text, NULL, &e), -ENOENT);
	assert_int_equal(rootfs_read(root, "/../outside", &text, NULL, &e), -ENOENT);
	assert_int_equal(rootfs_read(root, "/etc/../../outside", &text, NULL, &e), -ENOENT);
	assert_int_equal(rootfs_kind(root, "/etc/relative"), 0);
	assert_int_equal(rootfs_lkind(root, "/etc/relative"), S_IFLNK);
	/* The literal attack: a dangling link makes the host's file appear. */
	link_to("/etc/evil", "/etc/resolv.conf");
	assert_int_equal(write_text("/etc/resolv.conf", "x\n", 0, ROOTFS_FOLLOW_LINK), 0);
	holds("/etc/evil", "x\n");
	assert_int_equal(write_text("/etc/relative", "x\n", 0, ROOTFS_FOLLOW_LINK), 0);
	holds("/outside", "x\n");
	assert_int_equal(write_text("/etc/up/new", "x\n", 0, 0), 0);
	holds("/new", "x\n");
	assert_int_equal(write_text("/etc/dir/outside", "x\n", 0, 0), -ENOENT);
	assert_int_equal(rootfs_unlink(root, "/etc/dir/outside", &e), 0);
	assert_true(rootfs_symlink(root, "/x", "/etc/dir/link", &e) < 0);
	assert_int_equal(rootfs_mkdir(root, "/etc/up/a/b", 0700, &e), 0);
	assert_int_equal(mode_of("/a/b") & 0777, 0700);
}

static void test_top(void **state)
{
	autofree char *link = xasprintf("%s/link", top), *file = xasprintf("%s/outside", top);
	struct rootfs *other = NULL;

	(void)state;
	assert_int_equal(symlink("/", link), 0);
	assert_true(rootfs_open(link, &other, &e) < 0);
	assert_true(rootfs_open(file, &other, &e) < 0);
	assert_null(other);
}

static void test_odd_files(void **state)
{
	autofree char *fifo = at("/etc/fifo"), *big = at("/etc/big"), *text = NULL;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0644), 0);
	plant("/etc/big", "");
	assert_int_equal(truncate(big, ROOTFS_MAX_READ + 1), 0);
	link_to("loop", "/etc/loop");
	link_to("/proc/self/exe", "/etc/magic");
	assert_int_equal(rootfs_read(root, "/etc/fifo", &text, NULL, &e), -EINVAL);
	assert_int_equal(rootfs_read(root, "/etc", &text, NULL, &e), -EINVAL);
	assert_int_equal(rootfs_read(root, "/etc/big", &text, NULL, &e), -EFBIG);
	assert_int_equal(rootfs_read(root, "/etc/loop", &text, NULL, &e), -ELOOP);
	assert_int_equal(rootfs_read(root, "/etc/magic", &text, NULL, &e), -ENOENT);
	assert_int_equal(write_text("/etc/fifo", "x", 0, ROOTFS_REPLACE_LINK), -EINVAL);
	assert_int_equal(write_text("/etc", "x", 0, ROOTFS_REPLACE_LINK), -EINVAL);
	assert_int_equal(write_text("/etc/loop", "x", 0, ROOTFS_FOLLOW_LINK), -ELOOP);
	assert_int_equal(write_text("/etc/..", "x", 0, 0), -EINVAL);
	assert_int_equal(write_text("/etc/", "x", 0, 0), -EINVAL);
	assert_int_equal(write_text("/nowhere/x", "x", 0, 0), -ENOENT);
	assert_int_equal(rootfs_unlink(root, "/etc/fifo", &e), 0);
}

static void test_file_point(void **state)
{
	autofree char *fifo = at("/etc/fifo");
	autoclose int fd = -1;

	(void)state;
	plant("/etc/real", "");
	link_to("real", "/etc/link");
	link_to("etc", "/folder");
	assert_int_equal(mkfifo(fifo, 0644), 0);
	fd = rootfs_open_file_point(root, "/etc/real", &e);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_PATH);
	assert_int_equal(rootfs_open_file_point(root, "/etc/link", &e), -ELOOP);
	assert_int_equal(rootfs_open_file_point(root, "/folder/real", &e), -ELOOP);
	assert_int_equal(rootfs_open_file_point(root, "/etc/fifo", &e), -EINVAL);
	assert_int_equal(rootfs_open_file_point(root, "/etc", &e), -EINVAL);
	assert_int_equal(rootfs_open_file_point(root, "/etc/none", &e), -ENOENT);
}

static void test_links(void **state)
{
	autofree char *target = NULL;

	(void)state;
	plant("/etc/real", "old\n");
	link_to("real", "/etc/link");
	assert_int_equal(write_text("/etc/link", "new\n", 0, 0), -ELOOP);
	assert_int_equal(write_text("/etc/link", "new\n", 0, ROOTFS_KEEP_LINK), -ELOOP);
	holds("/etc/real", "old\n");
	assert_int_equal(write_text("/etc/link", "new\n", 0, ROOTFS_FOLLOW_LINK), 0);
	holds("/etc/real", "new\n");
	assert_int_equal(rootfs_lkind(root, "/etc/link"), S_IFLNK);
	assert_int_equal(write_text("/etc/link", "own\n", 0, ROOTFS_REPLACE_LINK), 0);
	holds("/etc/real", "new\n");
	holds("/etc/link", "own\n");
	assert_int_equal(rootfs_lkind(root, "/etc/link"), S_IFREG);
	assert_int_equal(rootfs_symlink(root, "/there", "/etc/link", &e), 0);
	assert_int_equal(rootfs_readlink(root, "/etc/link", &target, &e), 0);
	assert_string_equal(target, "/there");
	assert_true(rootfs_symlink(root, "/there", "/etc", &e) < 0);
}

static void test_write(void **state)
{
	autofree char *path = at("/etc/file");
	struct stat before, after;

	(void)state;
	plant("/etc/file", "old\n");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(write_text("/etc/file", "old\n", 0, 0), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* equal: not written at all */
	assert_int_equal(write_text("/etc/file", "new\n", 0, 0), 0);
	holds("/etc/file", "new\n");
	assert_int_equal(mode_of("/etc/file") & 0777, 0640);
	assert_int_equal(write_text("/etc/file", "new\n", 0600, 0), 0);
	assert_int_equal(mode_of("/etc/file") & 0777, 0600);
	assert_int_equal(write_text("/etc/other", "x", 0, 0), 0);
	assert_int_equal(mode_of("/etc/other") & 0777, 0644);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12, 34), 0);
		assert_int_equal(write_text("/etc/file", "mine\n", 0, 0), 0);
		assert_int_equal(stat(path, &after), 0);
		assert_int_equal(after.st_uid, 12);
		assert_int_equal(after.st_gid, 34);
	}
}

static void test_no_litter(void **state)
{
	autostrv char **names = NULL;

	(void)state;
	write_text("/etc/b", "x", 0, 0);
	write_text("/etc/a", "x", 0, 0);
	rootfs_symlink(root, "x", "/etc/c", &e);
	assert_int_equal(rootfs_list(root, "/etc", &names, &e), 0);
	assert_int_equal(strv_len(names), 3);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[2], "c");
	strv_clear(&names);
	assert_int_equal(rootfs_list(root, "/none", &names, &e), -ENOENT);
}

static void test_ignored(void **state)
{
	(void)state;
	make_dir("/run");
	plant("/etc/.pve-ignore.hosts", "");
	plant("/run/.pve-ignore.resolv", "");
	plant("/run/resolv", "");
	link_to("../run/resolv", "/etc/resolv.conf");
	assert_true(rootfs_is_ignored(root, "/etc/hosts"));
	assert_true(rootfs_is_ignored(root, "/etc/resolv.conf"));
	assert_false(rootfs_is_ignored(root, "/etc/hostname"));
}

/* A confined child reads and writes its tree, and nothing else. */
static void test_confined(void **state)
{
	autofree char *outside = xasprintf("%s/outside", top);
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		int n = rootfs_confine(root, NULL, &e);

		if (n < 0)
			_exit(1);
		if (write_text("/etc/in", "x", 0, 0) < 0)
			_exit(2);
		_exit(open(outside, O_RDONLY) >= 0 ? 3 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
		print_message("# this kernel has no Landlock\n");
	else
		assert_int_equal(status, 0);
	holds("/etc/in", "x");
}

static int forbid_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

/* No weaker path where the kernel lacks openat2. */
static void test_no_openat2(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	needs_seccomp();
	plant("/etc/hostname", "old\n");
	pid = fork();
	if (pid == 0) {
		char *text = NULL;

		if (forbid_openat2() < 0)
			_exit(1);
		if (rootfs_read(root, "/etc/hostname", &text, NULL, &e) != -ENOSYS)
			_exit(2);
		if (write_text("/etc/hostname", "new\n", 0, 0) != -ENOSYS || !e.remedy[0])
			_exit(3);
		_exit(rootfs_unlink(root, "/etc/hostname", &e) == -ENOSYS ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	holds("/etc/hostname", "old\n");
}

/* Somebody swaps a folder for a link out of the tree, as fast as can be. */
static void test_race(void **state)
{
	autofree char *dir = at("/etc/d"), *link = at("/etc/l");
	int status;
	pid_t pid;

	(void)state;
	rootfs_budget_begin(root, no_limit);
	make_dir("/etc/d");
	link_to("../../..", "/etc/l");
	pid = fork();
	if (pid == 0)
		for (;;)
			renameat2(AT_FDCWD, dir, AT_FDCWD, link, RENAME_EXCHANGE);
	for (unsigned i = 0; i < 3000; i++) {
		autofree char *text = NULL;

		if (rootfs_read(root, "/etc/d/../../outside", &text, NULL, &e) == 0)
			assert_string_equal(text, "x");
		write_text("/etc/d/outside", "x", 0, ROOTFS_REPLACE_LINK);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

/* Nothing is done any more, and each call says why. */
static void assert_over(const char *where, const char *cause)
{
	autofree char *text = NULL, *target = NULL;
	autostrv char **names = NULL;
	char head[4];
	size_t len;

	assert_true(rootfs_budget_is_over(root, &e));
	assert_string_equal(e.object, where);
	assert_string_equal(e.cause, cause);
	assert_true(e.remedy[0]);
	assert_int_equal(rootfs_kind(root, "/etc"), -ETIME);
	assert_int_equal(rootfs_lkind(root, "/etc/link"), -ETIME);
	assert_false(rootfs_is_exec(root, "/etc/a"));
	assert_int_equal(rootfs_read(root, "/etc/a", &text, NULL, &e), -ETIME);
	assert_int_equal(rootfs_read_head(root, "/etc/a", head, sizeof head, &len, &e), -ETIME);
	assert_int_equal(rootfs_readlink(root, "/etc/link", &target, &e), -ETIME);
	assert_int_equal(rootfs_list(root, "/etc", &names, &e), -ETIME);
	assert_int_equal(rootfs_mkdir(root, "/etc/new", 0755, &e), -ETIME);
	assert_int_equal(rootfs_symlink(root, "b", "/etc/link", &e), -ETIME);
	assert_int_equal(rootfs_unlink(root, "/etc/a", &e), -ETIME);
	assert_int_equal(rootfs_would_change(root, "/etc/a", 1, &e), -ETIME);
	assert_int_equal(write_text("/etc/a", "new\n", 0, 0), -ETIME);
	assert_string_equal(e.object, where);
	assert_string_equal(e.cause, cause);
	holds("/etc/a", "1234567\n");
	rootfs_budget_begin(root, rootfs_budget);
	assert_false(rootfs_budget_is_over(root, &e));
	assert_int_equal(rootfs_kind(root, "/etc"), S_IFDIR);
}

static void give(enum rootfs_cost what, uint64_t n)
{
	uint64_t budget[ROOTFS_COSTS];

	memcpy(budget, no_limit, sizeof budget);
	budget[what] = n;
	rootfs_budget_begin(root, budget);
}

static void test_budget(void **state)
{
	autofree char *large = at("/etc/large");
	autostrv char **names = NULL;

	(void)state;
	plant("/etc/a", "1234567\n");
	link_to("a", "/etc/link");
	plant("/etc/large", "");
	assert_int_equal(truncate(large, 1 << 18), 0);
	give(ROOTFS_BYTES, (1 << 20) + 4);
	for (unsigned i = 0; i < 5; i++) {
		autofree char *text = NULL;

		assert_int_equal(rootfs_read(root, "/etc/large", &text, NULL, &e),
				 i < 4 ? 0 : -ETIME);
	}
	assert_over("/etc/large", "one run reads and writes no more than 1 MiB in a container");
	give(ROOTFS_PATHS, 2);
	assert_int_equal(rootfs_kind(root, "/none"), 0);
	assert_int_equal(rootfs_kind(root, "/none"), 0);
	assert_int_equal(rootfs_kind(root, "/etc/b"), -ETIME);
	assert_over("/etc/b", "one run looks at no more than 2 paths in a container");
	give(ROOTFS_NAMES, 3);
	assert_int_equal(rootfs_list(root, "/etc", &names, &e), 0);
	assert_int_equal(rootfs_list(root, "/etc", &names, &e), -ETIME);
	assert_over("/etc", "one run lists no more than 3 names in a container");
}

/* One that is too large is read until that is known. */
static void test_budget_too_large(void **state)
{
	autofree char *large = at("/etc/large"), *text = NULL;

	(void)state;
	plant("/etc/a", "1234567\n");
	link_to("a", "/etc/link");
	plant("/etc/large", "");
	assert_int_equal(truncate(large, 2 * ROOTFS_MAX_READ), 0);
	give(ROOTFS_BYTES, 3 * ROOTFS_MAX_READ);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rootfs_read(root, "/etc/large", &text, NULL, &e), -EFBIG);
	assert_int_equal(rootfs_read(root, "/etc/large", &text, NULL, &e), -ETIME);
	assert_over("/etc/large", "one run reads and writes no more than 3 MiB in a container");
}

/* What is there already is none. */
static void test_budget_changes(void **state)
{
	(void)state;
	plant("/etc/a", "1234567\n");
	link_to("a", "/etc/link");
	give(ROOTFS_CHANGES, 5);
	assert_int_equal(write_text("/etc/b", "b\n", 0, 0), 0);
	assert_int_equal(rootfs_mkdir(root, "/etc/c/d", 0755, &e), 0);
	assert_int_equal(rootfs_symlink(root, "x", "/etc/l", &e), 0);
	for (int i = 0; i < 9; i++) {
		assert_int_equal(write_text("/etc/b", "b\n", 0, 0), 0);
		assert_int_equal(rootfs_mkdir(root, "/etc/c/d", 0755, &e), 0);
		assert_int_equal(rootfs_symlink(root, "x", "/etc/l", &e), 0);
		assert_int_equal(rootfs_unlink(root, "/etc/none", &e), 0);
	}
	assert_int_equal(rootfs_unlink(root, "/etc/l", &e), 0);
	assert_int_equal(write_text("/etc/b", "c\n", 0, 0), -ETIME);
	holds("/etc/b", "b\n");
	assert_over("/etc/b", "one run changes no more than 5 files in a container");
}

static void test_budget_time(void **state)
{
	int kind = S_IFDIR;

	(void)state;
	plant("/etc/a", "1234567\n");
	link_to("a", "/etc/link");
	give(ROOTFS_WALL_MS, 20);
	usleep(30000);
	assert_int_equal(rootfs_kind(root, "/etc"), -ETIME);
	assert_over("/etc", "one run waits no more than 0 s for a disk in a container");
	/* To sleep is to take no processor time. */
	give(ROOTFS_CPU_MS, 20);
	usleep(30000);
	assert_int_equal(rootfs_kind(root, "/etc"), S_IFDIR);
	while (kind == S_IFDIR)
		kind = rootfs_kind(root, "/etc");
	assert_int_equal(kind, -ETIME);
	assert_over("/etc", "one run takes no more than 0 s of processor time in a container");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_stays_inside), CASE(test_top),     CASE(test_odd_files),
		CASE(test_links),        CASE(test_write),   CASE(test_no_litter),
		CASE(test_ignored),      CASE(test_confined), CASE(test_race),
		CASE(test_no_openat2),   CASE(test_budget),  CASE(test_budget_too_large),
		CASE(test_budget_changes), CASE(test_budget_time), CASE(test_file_point),
	};

	return cmocka_run_group_tests_name("rootfs", tests, NULL, NULL);
}
