/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ct/hookscript.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/storage/storage.h"
#include "tests/unit/conf-text.h"

static char dir[] = "/tmp/hookscript-XXXXXX", *script;

/* The script, and the volume id local:snippets/hook of it. */
static void write_script(const char *text, mode_t mode)
{
	struct err e = { 0 };

	unlink(script);
	assert_int_equal(file_write(script, text, strlen(text), mode, &e), 0);
}

static char *logged(void)
{
	autofree char *path = xasprintf("%s/run/pct/105/hookscript.log", dir);
	char *text = NULL;

	if (file_read(path, 1 << 20, &text, NULL, NULL) < 0)
		return xstrdup("");
	unlink(path);
	return text;
}

static int run_script(const char *text, unsigned seconds, struct err *e)
{
	write_script(text, 0755);
	return hookscript_run_file(script, 105, HOOKSCRIPT_PRE_STOP, seconds, e);
}

static void surroundings(void **state)
{
	autofree char *text = NULL;
	int held = open(dir, O_RDONLY); /* without close-on-exec */
	struct err e = { 0 };

	(void)state;
	setenv("SECRET", "1", 1);
	assert_int_equal(
		run_script("#!/bin/sh\necho \"$*\"; pwd; umask; wc -c; env | grep -c SECRET\n"
			   "ls /proc/self/fd | wc -l; ps -o sid= -p $$ | grep -cw $$\n"
			   "printf 'a\\033b' >&2\n",
			   10, &e),
		0);
	text = logged();
	/* 0, 1 and 2, and that of ls itself. */
	assert_string_equal(text,
			    "pre-stop: 105 pre-stop\npre-stop: /\npre-stop: 0022\npre-stop: 0\n"
			    "pre-stop: 0\npre-stop: 4\npre-stop: 1\npre-stop: a?b\n");
	close(held);
}

static void failures(void **state)
{
	static const struct {
		const char *text, *cause;
		int code;
	} rows[] = {
		{ "#!/bin/sh\necho one\necho two >&2\necho\nexit 3\n",
		  "failed with status 3 at pre-stop: two", -EIO },
		{ "#!/bin/sh\nexit 1\n", "failed with status 1 at pre-stop: it gave no reason",
		  -EIO },
		{ "#!/bin/sh\nkill -9 $$\n", "was killed by signal 9 at pre-stop", -EINTR },
		{ "#!/nowhere\n", "failed with status 127 at pre-stop: No such file or directory",
		  -EIO },
		{ "no program", "failed with status 127 at pre-stop: Exec format error", -EIO },
		{ "#!/bin/sh\nsleep 60 & wait\n",
		  "did not end within 1 s at pre-stop, and was killed", -ETIMEDOUT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *text = NULL;
		struct err e = { 0 };

		assert_int_equal(run_script(rows[i].text, 1, &e), rows[i].code);
		assert_string_equal(e.cause, rows[i].cause);
		assert_non_null(strstr(e.remedy, "/run/pct/105/hookscript.log"));
		text = logged();
		assert_non_null(strstr(text, rows[i].cause));
	}
}

/* Its children may keep the pipe, and it may write without end. */
static void bounded(void **state)
{
	autofree char *text = NULL, *more = NULL;
	long long began = now_ms();
	struct err e = { 0 };

	(void)state;
	assert_int_equal(run_script("#!/bin/sh\necho out\nsetsid sleep 5 &\n", 10, &e), 0);
	assert_true(now_ms() - began < 3000);
	text = logged();
	assert_string_equal(text, "pre-stop: out\n");
	assert_int_equal(run_script("#!/bin/sh\nyes | head -c 1000000\nhead -c 1000000 /dev/zero\n"
				    "echo; echo last\nexit 1\n",
				    10, &e),
			 -EIO);
	assert_string_equal(e.cause, "failed with status 1 at pre-stop: last");
	more = logged();
	assert_true(strlen(more) < 512 * 1024);
	assert_non_null(strstr(more, "pre-stop: (it writes more, which is left out)\n"));
	assert_int_equal(run_script("#!/bin/sh\nyes\n", 1, &e), -ETIMEDOUT);
}

/* ---- the file ---- */

static void check_file(const char *volid, int code, const char *cause)
{
	autofree char *line = xasprintf("pve.hookscript = %s\n", volid);
	struct conf_file *f = parse(line);
	struct err e = { 0 };

	assert_int_equal(hookscript_check(conf_values(f), &e), code);
	if (code) {
		assert_string_equal(e.object, "hookscript");
		assert_non_null(strstr(e.cause, cause));
		assert_int_equal(hookscript_run(conf_values(f), HOOKSCRIPT_PRE_START, NULL), code);
	}
	conf_free(f);
}

static void file(void **state)
{
	autofree char *folder = xasprintf("%s/vz/snippets", dir), *cfg = NULL, *list = NULL;
	autofree char *link = xasprintf("%s/link", folder), *ran = xasprintf("%s/ran", dir);
	autofree char *text = xasprintf("#!/bin/sh\n: >%s\n", ran);

	(void)state;
	write_script(text, 0755);
	check_file("local:snippets/hook", 0, NULL);
	assert_int_equal(access(ran, F_OK), -1);
	check_file("local:snippets/none", -ENOENT, "No such file");
	check_file("nix:snippets/hook", -ENOENT, "there is no such storage");
	check_file("local:snippets/a/b", -EINVAL, "is not the volume id of a script");
	check_file("local:iso/hook", -EINVAL, "is not the volume id of a script");
	assert_int_equal(symlink(script, link), 0);
	check_file("local:snippets/link", -EINVAL, "is not a regular file");
	assert_int_equal(chmod(script, 0644), 0);
	check_file("local:snippets/hook", -EACCES, "is not executable");
	assert_int_equal(chmod(script, 0775), 0);
	check_file("local:snippets/hook", -EPERM,
		   "other users than root can change it: owner 0, "
		   "mode 0775");
	assert_int_equal(chmod(script, 0755), 0);
	assert_int_equal(chown(script, 1000, 0), 0);
	check_file("local:snippets/hook", -EPERM, "owner 1000, mode 0755");
	assert_int_equal(chown(script, 0, 0), 0);
	assert_int_equal(chmod(folder, 0757), 0);
	check_file("local:snippets/hook", -EPERM, "mode 0757");
	assert_int_equal(chmod(folder, 0755), 0);
	/* Its owner could rename the storage, also between the check and the run. */
	assert_int_equal(chown(dir, 1000, 0), 0);
	check_file("local:snippets/hook", -EPERM, "owner 1000");
	assert_int_equal(chown(dir, 0, 0), 0);
	cfg = xasprintf("%s/etc/storage.cfg", dir);
	list = xasprintf("dir: local\n\tpath %s/vz\n\tcontent images\n", dir);
	assert_int_equal(file_write(cfg, list, strlen(list), 0644, NULL), 0);
	check_file("local:snippets/hook", -EINVAL, "is not a storage for scripts");
	unlink(cfg);
}

static int set_up(void **state)
{
	static const char *const folders[][2] = { { "PCT_VZ", "vz" },
						  { "PCT_ETC", "etc" },
						  { "PCT_RUN", "run" } };

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		autofree char *path = xasprintf("%s/%s", dir, folders[i][1]);

		setenv(folders[i][0], path, 1);
	}
	for (size_t i = 0; i < 3; i++) {
		static const char *const made[] = { "vz/snippets", "etc", "run/pct/105" };
		autofree char *path = xasprintf("%s/%s", dir, made[i]);

		assert_int_equal(file_mkdirs(path, 0755, NULL), 0);
	}
	script = xasprintf("%s/vz/snippets/hook", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return run_remove_tree(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surroundings),
		cmocka_unit_test(failures),
		cmocka_unit_test(bounded),
		cmocka_unit_test(file),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
