/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receives what a hostile process in a container sends (lib/rootfs/transfer.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/host/free-space.h"
#include "lib/rootfs/transfer.h"

static char dir[] = "/tmp/pct-transfer-XXXXXX";
static int pipes[2];
static unsigned n_skipped;
static struct err e;
static const struct transfer_owner owner = { TRANSFER_KEEP, TRANSFER_KEEP, TRANSFER_KEEP, 0644 };

static void skipped(void *arg, const char *path, const char *why)
{
	(void)arg;
	assert_true(*path && *why);
	n_skipped++;
}

static void begin(void)
{
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_true(fcntl(pipes[1], F_SETPIPE_SZ, 1 << 20) > 0);
	n_skipped = 0;
	e = (struct err){ 0 };
}

static void put(enum transfer_type type, uint64_t number, const void *data, size_t len)
{
	struct transfer_record record = {
		.type = type, .mode = 0100777 | S_ISUID, .number = number, .len = (uint32_t)len
	};

	assert_int_equal(write(pipes[1], &record, sizeof record), sizeof record);
	assert_int_equal(write(pipes[1], data ? data : "", len), len);
}

static void put_text(enum transfer_type type, const char *text)
{
	put(type, 0, text, strlen(text));
}

static size_t count(void)
{
	DIR *list = opendir(dir);
	size_t n = 0;

	while (readdir(list))
		n++;
	closedir(list);
	return n - 2;
}

/* Receive it as NAME; nothing but this may be there afterwards. */
static int receive(const char *name, struct room *room)
{
	struct transfer t = { .in = pipes[0], .out = -1, .room = room, .skipped = skipped };
	struct transfer_place place = TRANSFER_PLACE_INIT;
	autofree char *path = xasprintf("%s/%s", dir, name);
	size_t before = count();
	int r;

	close(pipes[1]);
	r = transfer_place_open(-1, path, &place, &e);
	if (r == 0)
		r = transfer_receive(&t, &place, &owner, &e);
	transfer_place_done(&place);
	close(pipes[0]);
	if (r < 0)
		assert_int_equal(count(), before);
	return r;
}

static mode_t mode_of(const char *name)
{
	autofree char *path = xasprintf("%s/%s", dir, name);
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode : 0;
}

static void good(void **state)
{
	(void)state;
	begin();
	put_text(TRANSFER_FOLDER, "");
	put_text(TRANSFER_FILE, "file");
	put_text(TRANSFER_DATA, "text");
	put(TRANSFER_HOLE, 1 << 20, NULL, 0);
	put_text(TRANSFER_END, "");
	put(TRANSFER_LINK, 0, "link\0/etc/shadow", 16);
	put(TRANSFER_SKIPPED, 0, "fifo\0is a FIFO", 14);
	put_text(TRANSFER_END, "");
	assert_int_equal(receive("good", NULL), 0);
	assert_int_equal(mode_of("good/file"), S_IFREG | 0777); /* without setuid */
	assert_int_equal(mode_of("good/link") & S_IFMT, S_IFLNK);
	assert_int_equal(n_skipped, 1);
}

/* A folder with one bad entry; nothing of it stays. */
static void entry(enum transfer_type type, const void *data, size_t len, int expected)
{
	begin();
	put_text(TRANSFER_FOLDER, "");
	put_text(TRANSFER_FILE, "file");
	put_text(TRANSFER_END, "");
	put(TRANSFER_LINK, 0, "link\0/tmp", 9);
	put(type, 0, data, len);
	put_text(TRANSFER_END, "");
	put_text(TRANSFER_END, "");
	assert_int_equal(receive("entry", NULL), expected);
}

static void names(void **state)
{
	static const char *const bad[] = { "", ".", "..", "/etc/x", "a/b", "../x", "/" };
	char longest[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autofree char *link = xasprintf("%s*/etc", bad[i]);

		entry(TRANSFER_FILE, bad[i], strlen(bad[i]), -EPROTO);
		entry(TRANSFER_FOLDER, bad[i], strlen(bad[i]), -EPROTO);
		*strchr(link, '*') = '\0';
		entry(TRANSFER_LINK, link, strlen(bad[i]) + 5, -EPROTO);
	}
	memset(longest, 'x', sizeof longest);
	entry(TRANSFER_FILE, longest, sizeof longest, -EPROTO);
	entry(TRANSFER_FILE, "a\0b", 3, -EPROTO);
	entry(TRANSFER_LINK, "no target", 9, -EPROTO);
	entry(TRANSFER_LINK, "empty\0", 6, -EPROTO);
	entry(TRANSFER_SKIPPED, "no reason", 9, -EPROTO);
	/* Names that are there are never opened. */
	entry(TRANSFER_FILE, "file", 4, -EEXIST);
	entry(TRANSFER_FILE, "link", 4, -EEXIST);
	entry(TRANSFER_FOLDER, "link", 4, -EEXIST);
	entry(TRANSFER_DATA, "data", 4, -EPROTO);
	entry((enum transfer_type)77, "x", 1, -EPROTO);
}

static void top(enum transfer_type type, const char *data, size_t len, int expected)
{
	begin();
	put(type, 0, data, len);
	put_text(TRANSFER_END, "");
	assert_int_equal(receive("top", NULL), expected);
}

static void tops(void **state)
{
	struct err forged = { .num = 77777, .object = "\033[2J" };

	(void)state;
	top(TRANSFER_FILE, "name", 4, -EPROTO);
	top(TRANSFER_LINK, "a\0/etc", 6, -EPROTO);
	top(TRANSFER_END, "", 0, -EPROTO);
	top(TRANSFER_FAIL, "short", 5, -EPROTO);
	memset(forged.cause, 0xff, sizeof forged.cause);
	memset(forged.remedy, '%', sizeof forged.remedy);
	top(TRANSFER_FAIL, (const char *)&forged, sizeof forged, -EIO);
	assert_null(strchr(e.object, '\033'));
	/* It ends too early, or says that it has more than fits. */
	begin();
	put_text(TRANSFER_FILE, "");
	put_text(TRANSFER_DATA, "half");
	assert_int_equal(receive("top", NULL), -EPIPE);
	begin();
	put_text(TRANSFER_FILE, "");
	assert_int_equal(write(pipes[1], &(struct transfer_record){ TRANSFER_DATA, .len = ~0U },
			       sizeof(struct transfer_record)),
			 sizeof(struct transfer_record));
	assert_int_equal(receive("top", NULL), -EPROTO);
	begin();
	put_text(TRANSFER_FILE, "");
	put(TRANSFER_HOLE, UINT64_MAX, NULL, 0);
	assert_int_equal(receive("top", NULL), -EPROTO);
}

static void depth(void **state)
{
	(void)state;
	begin();
	put_text(TRANSFER_FOLDER, "");
	for (int i = 0; i < 1000; i++)
		put_text(TRANSFER_FOLDER, "d");
	assert_int_equal(receive("deep", NULL), -EPROTO);
}

static void space(void **state)
{
	static char data[TRANSFER_DATA_MAX];
	struct room room = { .bytes = 3 * sizeof data, .files = 10, .kept_bytes = 1 << 30 };

	(void)state;
	begin();
	put_text(TRANSFER_FILE, "");
	for (int i = 0; i < 4; i++)
		put(TRANSFER_DATA, 0, data, sizeof data);
	put_text(TRANSFER_END, "");
	assert_int_equal(receive("space", &room), -ENOSPC);
	assert_non_null(strstr(e.cause, "1 GiB"));
	room = (struct room){ .bytes = 1000, .files = 10 };
	begin();
	put_text(TRANSFER_FOLDER, "");
	for (int i = 0; i < 20; i++) {
		autofree char *name = xasprintf("l%d*x", i);

		*strchr(name, '*') = '\0';
		put(TRANSFER_LINK, 0, name, strlen(name) + 2);
	}
	put_text(TRANSFER_END, "");
	assert_int_equal(receive("space", &room), -ENOSPC);
}

/* One byte at a time does not prolong the time. */
static void slow(void **state)
{
	struct transfer t = { .out = -1, .stall_ms = 300 };
	long long began = now_ms();
	char data[1000];
	pid_t pid;

	(void)state;
	begin();
	pid = fork();
	for (int i = 0; pid == 0 && i < 100; i++) {
		usleep(50000);
		(void)!write(pipes[1], "x", 1);
	}
	if (pid == 0)
		_exit(0);
	assert_true(fcntl(pipes[0], F_SETFL, O_NONBLOCK) == 0);
	t.in = pipes[0];
	assert_int_equal(transfer_read(&t, data, sizeof data, &e), -ETIMEDOUT);
	assert_true(now_ms() - began < 3000);
	kill(pid, SIGKILL);
	close(pipes[0]);
	close(pipes[1]);
}

/* Links at the place are followed within the root. */
static void places(void **state)
{
	struct transfer_place place = TRANSFER_PLACE_INIT;
	autofree char *link = xasprintf("%s/absolute", dir), *up = xasprintf("%s/up", dir);
	autofree char *loop = xasprintf("%s/loop", dir);
	autoclose int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st, top_st;

	(void)state;
	assert_int_equal(symlink("/target", link), 0);
	assert_int_equal(symlink("../../../../new", up), 0);
	assert_int_equal(symlink("loop", loop), 0);
	fstat(root, &top_st);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(transfer_place_open(root, i ? "/absolute" : "up", &place, &e), 0);
		assert_string_equal(place.name, i ? "target" : "new");
		assert_int_equal(place.mode, 0);
		fstat(place.dir, &st);
		assert_int_equal(st.st_ino, top_st.st_ino);
		transfer_place_done(&place);
	}
	assert_int_equal(transfer_place_open(root, "/loop", &place, &e), -ELOOP);
	assert_int_equal(transfer_place_open(root, "/none/x", &place, &e), -ENOENT);
	unlink(link);
	unlink(up);
	unlink(loop);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return run_remove_tree(dir, NULL);
}

/* In a folder such as /tmp, another user's file or link is a trap: {mode of the folder, owner}. */
static void traps(void **state)
{
	static const struct {
		mode_t mode;
		uid_t folder, owner;
		int expected;
	} cases[] = {
		{ 01777, 0, 1000, -EACCES }, { 01777, 0, 0, 0 },     { 01777, 1000, 1000, 0 },
		{ 01755, 0, 1000, 0 },	     { 0777, 0, 1000, 0 },
	};
	autofree char *folder = xasprintf("%s/shared", dir), *out = xasprintf("%s/out", dir);
	autofree char *link = xasprintf("%s/link", folder), *file = xasprintf("%s/file", folder);

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(symlink(out, link), 0);
	assert_int_equal(close(open(file, O_CREAT | O_WRONLY, 0600)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *paths[] = { link, file };

		assert_int_equal(chown(folder, cases[i].folder, 0), 0);
		assert_int_equal(chmod(folder, cases[i].mode), 0);
		for (size_t k = 0; k < ARRAY_SIZE(paths); k++) {
			struct transfer_place place = TRANSFER_PLACE_INIT;

			assert_int_equal(lchown(paths[k], cases[i].owner, 0), 0);
			if (transfer_place_open(-1, paths[k], &place, &e) != cases[i].expected)
				fail_msg("case %zu: %s: %s", i, paths[k], e.cause);
			transfer_place_done(&place);
		}
	}
	assert_true(unlink(link) == 0 && unlink(file) == 0 && rmdir(folder) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),	  cmocka_unit_test(names), cmocka_unit_test(tops),
		cmocka_unit_test(depth),  cmocka_unit_test(space), cmocka_unit_test(slow),
		cmocka_unit_test(places), cmocka_unit_test(traps),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
