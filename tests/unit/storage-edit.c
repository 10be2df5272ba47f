/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of storage.cfg: nothing else changes. */
#include <errno.h>
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
#include "lib/storage/storage-edit.h"
#include "lib/storage/storage.h"

static char dir[] = "/tmp/storage-edit-XXXXXX";
static char *config;
static struct err e;

static void texts(void **state)
{
	static const struct {
		const char *before, *key, *value, *after;
	} cases[] = {
		{ "dir: aa\n\tpath /x\n", "path", "/y", "dir: aa\n\tpath /y\n" },
		{ "dir: aa\n\tpath /x\n", "shared", "1", "dir: aa\n\tpath /x\n\tshared 1\n" },
		/* indentation, comments, unknown keys and order stay */
		{ "# c\ndir: aa\n  path /x\n# d\n  odd  1 2 \n\n# e\ndir: bb\n\tpath /x\n",
		  "shared", "1",
		  "# c\ndir: aa\n  path /x\n# d\n  odd  1 2 \n  shared 1\n\n# e\ndir: bb\n"
		  "\tpath /x\n" },
		{ "dir: bb\n\tshared 0\ndir: aa\n\tshared 0\n\tpath /x\n", "shared", "1",
		  "dir: bb\n\tshared 0\ndir: aa\n\tshared 1\n\tpath /x\n" },
		{ "dir: aa\n\tshared 0\n\tpath /x\n\tshared 1\n", "shared", "1",
		  "dir: aa\n\tshared 1\n\tpath /x\n" },
		{ "dir: aa\n\tshared 0\n\tpath /x\n\tshared 1\n", "shared", NULL,
		  "dir: aa\n\tpath /x\n" },
		{ "dir: aa\n\tpath /x\n", "shared", NULL, "dir: aa\n\tpath /x\n" },
		/* a key that begins like it */
		{ "dir: aa\n\tshared-x 0\n\tpath /x\n", "shared", "1",
		  "dir: aa\n\tshared-x 0\n\tpath /x\n\tshared 1\n" },
		{ "dir: aaa\n\tpath /x\ndir:aa  \n\tdisable", "disable", NULL,
		  "dir: aaa\n\tpath /x\ndir:aa  \n" },
		{ "dir: aa\n\tpath /x", "shared", "1", "dir: aa\n\tpath /x\n\tshared 1\n" },
		{ "dir: aa", "shared", "1", "dir: aa\n\tshared 1\n" },
		{ "dir: aa\r\n\tpath /x\r\nodd line\n", "shared", "1",
		  "dir: aa\r\n\tpath /x\r\n\tshared 1\nodd line\n" },
		{ "dir: bb\n\tpath /x\n", "shared", "1", "dir: bb\n\tpath /x\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct storage_change c = { cases[i].key, cases[i].value };
		const struct storage_edit edit = { .id = "aa", .v = &c, .n = 1 };
		autofree char *after = storage_text_edit(cases[i].before, &edit);

		assert_string_equal(after, cases[i].after);
	}
}

static void sections(void **state)
{
	static const struct {
		const char *before, *with, *without;
	} cases[] = {
		{ "", "dir: aa\n\tpath /x\n", "" },
		{ "dir: bb\n\tpath /y\n", "dir: bb\n\tpath /y\n\ndir: aa\n\tpath /x\n",
		  "dir: bb\n\tpath /y\n\n" },
		{ "dir: bb\n\tpath /y\n\n", "dir: bb\n\tpath /y\n\ndir: aa\n\tpath /x\n",
		  "dir: bb\n\tpath /y\n\n" },
		{ "dir: bb\n\tpath /y", "dir: bb\n\tpath /y\n\ndir: aa\n\tpath /x\n",
		  "dir: bb\n\tpath /y\n\n" },
	};
	const struct storage_change c = { "path", "/x" };
	const struct storage_edit edit = { .id = "aa", .type = "dir", .v = &c, .n = 1 };
	autofree char *middle = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *with = storage_text_edit(cases[i].before, &edit);
		autofree char *without = storage_text_forget(with, "aa");

		assert_string_equal(with, cases[i].with);
		assert_string_equal(without, cases[i].without);
	}
	middle = storage_text_forget("dir: bb\n\ndir: aa\n\tpath /x\n\n\n# c\nodd: cc\n\tk v\n",
				     "aa");
	assert_string_equal(middle, "dir: bb\n\n# c\nodd: cc\n\tk v\n");
}

static int refuse(const struct storage *s, struct err *err)
{
	assert_string_equal(s->id, "aa");
	assert_string_equal(s->path, "/y");
	return err_set(err, EIO, s->id, "no");
}

/* The file is replaced only by a text that can be read, and after the check. */
static void files(void **state)
{
	static const char text[] = "dir: aa\n\tpath /x\n";
	const struct storage_change good = { "path", "/y" }, bad = { "path", "y" };
	struct storage_edit edit = { .id = "aa", .v = &good, .n = 1, .check = refuse };
	autofree char *after = NULL;
	struct stat before, st;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(file_write(config, text, strlen(text), 0604, &e), 0);
	assert_int_equal(stat(config, &before), 0);
	assert_int_equal(storage_edit(&edit, &e), -EIO);
	edit.check = NULL;
	edit.v = &bad;
	assert_int_equal(storage_edit(&edit, &e), -EINVAL);
	assert_non_null(strstr(e.cause, "an absolute path"));
	assert_int_equal(stat(config, &st), 0);
	assert_int_equal(st.st_ino, before.st_ino);
	edit.v = &good;
	assert_int_equal(storage_edit(&edit, &e), 0);
	assert_int_equal(file_read(config, 100, &after, NULL, &e), 0);
	assert_string_equal(after, "dir: aa\n\tpath /y\n");
	assert_int_equal(stat(config, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0604);
	assert_int_equal(storage_forget("bb", &e), -ENOENT);
	assert_int_equal(storage_forget("aa", &e), 0);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	config = xasprintf("%s/storage.cfg", dir);
	return setenv("PCT_ETC", dir, 1) | setenv("PCT_VZ", dir, 1) | setenv("PCT_RUN", dir, 1);
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
		cmocka_unit_test(texts),
		cmocka_unit_test(sections),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
