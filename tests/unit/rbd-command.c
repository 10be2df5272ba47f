/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines of Ceph's programs, and what they print. */
#include "lib/storage/type/rbd-command.c"

#include "lib/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *const ls[] = { "ls", "rbd", NULL };

static int begin(void **state)
{
	char folder[] = "/tmp/pct-rbd-XXXXXX";

	*state = xstrdup(mkdtemp(folder));
	return setenv("PCT_ETC", *state, 1);
}

static int end(void **state)
{
	run_remove_tree(*state, NULL);
	free(*state);
	return 0;
}

static void is(const struct storage *s, const char *program, const char *expected)
{
	autostrv char **argv = command(s, program, ls);
	autofree char *line = strv_join(argv, " ");

	assert_string_equal(line, expected);
}

static void commands(void **state)
{
	struct storage s = { .id = (char *)"ceph" };
	autofree char *folder = xasprintf("%s/priv/ceph", (char *)*state), *expected = NULL;
	autofree char *keyring = xasprintf("%s/ceph.keyring", folder);

	is(&s, "rbd", "rbd --name client.admin --client-mount-timeout 5 ls rbd");
	is(&s, "ceph", "ceph --name client.admin --connect-timeout 5 ls rbd");
	s.monhost = (char *)"10.0.0.1 10.0.0.2";
	s.username = (char *)"pve";
	s.keyring = (char *)"/k";
	is(&s, "rbd", "rbd --conf /dev/null -m 10.0.0.1 10.0.0.2 --name client.pve --keyring /k "
		      "--client-mount-timeout 5 ls rbd");
	s = (struct storage){ .id = (char *)"ceph" };
	assert_int_equal(file_mkdirs(folder, 0700, NULL), 0);
	assert_int_equal(file_write_volatile(keyring, "", 0, 0600, NULL), 0);
	expected = xasprintf("rbd --name client.admin --keyring %s --client-mount-timeout 5 ls rbd",
			     keyring);
	is(&s, "rbd", expected);
}

static void specs(void **state)
{
	struct storage s = { .id = (char *)"ceph" };
	autofree char *plain = rbd_spec(&s, "vm-105-disk-0"), *spaced = NULL, *pool = NULL;

	(void)state;
	assert_string_equal(plain, "rbd/vm-105-disk-0");
	s.pool = (char *)"data";
	s.namespace = (char *)"space";
	spaced = rbd_spec(&s, "vm-105-disk-0");
	pool = rbd_spec(&s, NULL);
	assert_string_equal(spaced, "data/space/vm-105-disk-0");
	assert_string_equal(pool, "data/space");
}

static void watchers(void **state)
{
	static const char two[] = "Watchers:\n\twatcher=10.0.0.1:0/12 client.4123 cookie=1\n"
				  "\twatcher=10.0.0.2:0/34 client.41 cookie=2\n";
	autofree char *other = other_watcher(two, "4123"), *first = other_watcher(two, "");
	autofree char *none = other_watcher("Watchers: none\n", "4123");
	autofree char *own = other_watcher("Watchers:\n\twatcher=10.0.0.1:0/12 client.4123 "
					   "cookie=1\n", "4123");

	(void)state;
	assert_string_equal(other, "10.0.0.2:0/34");
	assert_string_equal(first, "10.0.0.1:0/12");
	assert_null(none);
	assert_null(own);
}

static void errors(void **state)
{
	static const struct {
		int from, to;
		const char *said, *cause;
	} rows[] = {
		{ ETIMEDOUT, EHOSTUNREACH, "did not end within 8 s",
		  "the cluster does not answer: its monitors are 10.0.0.1" },
		{ EIO, EHOSTUNREACH, "failed: a log;rbd: listing images failed: (110) Connection "
				  "timed out",
		  "the cluster does not answer: its monitors are 10.0.0.1" },
		{ EIO, EHOSTUNREACH, "failed: no keyring found;;timed out",
		  "the cluster does not answer: its monitors are 10.0.0.1" },
		{ EIO, EPERM, "failed: rbd: listing images failed: (1) Operation not permitted",
		  "the cluster refuses the user admin" },
		{ EIO, EPERM, "failed: [errno 13] RADOS permission denied (error connecting to the "
			      "cluster)", "the cluster refuses the user admin" },
		{ ENOENT, ENOPKG, "cannot run: No such file or directory",
		  "the program rbd is not installed" },
		{ EIO, EIO, "failed: a log;rbd: error opening pool 'x': (2) No such file or "
			    "directory",
		  "rbd: failed: rbd: error opening pool 'x': (2) No such file or directory" },
	};
	struct storage s = { .id = (char *)"ceph", .monhost = (char *)"10.0.0.1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err from = { 0 }, e = { 0 };

		err_set(&from, rows[i].from, "rbd", "%s", rows[i].said);
		if (explain(&s, "rbd", &from, &e) != -rows[i].to ||
		    !str_eq(e.cause, rows[i].cause))
			fail_msg("\"%s\" is %d, \"%s\"", rows[i].said, e.num, e.cause);
		assert_string_equal(e.object, "ceph");
		assert_string_not_equal(e.remedy, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commands, begin, end),
		cmocka_unit_test(specs),
		cmocka_unit_test(watchers),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
