/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The failure record, written by a hook and read back as hostile. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/runtime/failure.h"

#define CTID 105

static char dir[] = "/tmp/record-XXXXXX";

static int make_dir(void **state)
{
	autofree char *guest = NULL;
	struct err e;

	(void)state;
	if (!mkdtemp(dir) || setenv("PCT_RUN", dir, 1) < 0)
		return -1;
	guest = path_ct_guest(CTID);
	return file_mkdirs(guest, 0755, &e);
}

static int remove_dir(void **state)
{
	struct err e;

	(void)state;
	return run_remove_tree(dir, &e);
}

static void plant(const char *text)
{
	autofree char *path = runfile(CTID, RUNFILE_FAILURE);
	struct err e;

	failure_clear(CTID);
	assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
}

static void comes_back(void **state)
{
	struct err e, back = { 0 };
	char stage[32];

	(void)state;
	failure_clear(CTID);
	assert_int_equal(failure_read(CTID, stage, &back), 0);
	err_set(&e, ENODEV, "vmbr7", "there is no such bridge");
	err_remedy(&e, "make it");
	assert_int_equal(failure_write(CTID, false, "up", &e), 0);
	assert_int_equal(failure_read(CTID, stage, &back), 1);
	assert_string_equal(stage, "up");
	assert_string_equal(back.object, "vmbr7");
	assert_string_equal(back.cause, "there is no such bridge");
	assert_string_equal(back.remedy, "make it");
	assert_int_equal(back.num, ENODEV);
}

static void first_failure_stays(void **state)
{
	struct err e, back;
	char stage[32];

	(void)state;
	failure_clear(CTID);
	err_set(&e, EIO, "first", "broke");
	failure_write(CTID, false, "pre-start", &e);
	err_set(&e, EIO, "second", "broke too");
	failure_write(CTID, false, "post-stop", &e);
	assert_int_equal(failure_read(CTID, stage, &back), 1);
	assert_string_equal(back.object, "first");
}

static void guest_comes_second(void **state)
{
	struct err e, back;
	char stage[32];

	(void)state;
	failure_clear(CTID);
	err_set(&e, EIO, "guest", "broke");
	failure_write(CTID, true, "mount", &e);
	assert_int_equal(failure_read(CTID, stage, &back), 1);
	assert_string_equal(back.object, "guest");
	err_set(&e, EIO, "host", "broke");
	failure_write(CTID, false, "up", &e);
	assert_int_equal(failure_read(CTID, stage, &back), 1);
	assert_string_equal(back.object, "host");
	failure_clear(CTID);
	assert_int_equal(failure_read(CTID, stage, &back), 0);
}

static void hostile_is_disarmed(void **state)
{
	struct err back;
	char stage[32];

	(void)state;
	plant("stage: m\033t\nobject: \033[2Jx\ncause: a\rb\nerrno: 99999999\nremedy: \a\n");
	assert_int_equal(failure_read(CTID, stage, &back), 1);
	assert_string_equal(stage, "m?t");
	assert_string_equal(back.object, "?[2Jx");
	assert_string_equal(back.cause, "a?b");
	assert_string_equal(back.remedy, "?");
	assert_int_equal(back.num, EIO);
	plant("nothing of ours\n");
	assert_int_equal(failure_read(CTID, stage, &back), 0);
}

static void link_is_not_followed(void **state)
{
	autofree char *path = runfile(CTID, RUNFILE_FAILURE), *secret = xasprintf("%s.secret", dir);
	struct err back, e;
	char stage[32];

	(void)state;
	failure_clear(CTID);
	assert_int_equal(file_write(secret, "cause: secret\n", 14, 0600, &e), 0);
	assert_int_equal(symlink(secret, path), 0);
	assert_int_equal(failure_read(CTID, stage, &back), 0);
	unlink(secret);
}

static void fifo_and_giant_are_refused(void **state)
{
	autofree char *path = runfile(CTID, RUNFILE_FAILURE);
	struct err back;
	char stage[32];

	(void)state;
	failure_clear(CTID);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(failure_read(CTID, stage, &back), 0);
	plant("cause: x\n");
	assert_int_equal(truncate(path, 1 << 30), 0);
	assert_int_equal(failure_read(CTID, stage, &back), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(first_failure_stays),
		cmocka_unit_test(guest_comes_second),
		cmocka_unit_test(hostile_is_disarmed),
		cmocka_unit_test(link_is_not_followed),
		cmocka_unit_test(fifo_and_giant_are_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
