/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"

static char dir[] = "/tmp/store-XXXXXX";
static struct err e;

static int set_up(void **state)
{
	autofree char *etc = NULL;

	(void)state;
	umask(022);
	if (!mkdtemp(dir))
		return -1;
	etc = xasprintf("%s/etc", dir);
	setenv("PCT_ETC", etc, 1);
	setenv("PCT_RUN", dir, 1);
	return mkdir(etc, 0755);
}

static int tear_down(void **state)
{
	(void)state;
	return run_remove_tree(dir, &e);
}

static void put(const char *name, const char *text)
{
	autofree char *path = xasprintf("%s/etc/%s", dir, name), *parent = xstrdup(path);

	*strrchr(parent, '/') = '\0';
	assert_int_equal(file_mkdirs(parent, 0755, &e), 0);
	assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
}

static void life(void **state)
{
	autofree char *path = store()->path(105), *left = xasprintf("%s.0123456789abcdef", path);
	struct conf_file *new = conf_new(105), *f = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(store()->load(105, &f, &e), -ENOENT);
	assert_int_equal(store()->exists(105, &e), 0);
	assert_int_equal(store()->reserve(105, &e), 0);
	/* Half a config is a killed create's, and the place is free. */
	assert_int_equal(file_write(left, "x", 1, 0640, &e), 0);
	assert_int_equal(store()->reserve(105, &e), 0);
	assert_int_equal(store()->exists(105, &e), 0);

	assert_int_equal(conf_set(new, "hostname", "a", &e), 0);
	assert_int_equal(store()->save(new, &e), 0);
	assert_int_equal(store()->exists(105, &e), 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(store()->reserve(105, &e), -EEXIST);
	assert_int_equal(store()->load(105, &f, &e), 0);
	assert_string_equal(conf_values(f)->hostname, "a");

	assert_int_equal(store()->remove(105, &e), 0);
	assert_int_equal(store()->remove(105, &e), 0);
	assert_int_equal(store()->exists(105, &e), 0);
	conf_free(f);
	conf_free(new);
}

/* Larger than what one read takes, and larger than what a config may be. */
static void sizes(void **state)
{
	autofree char *line = xcalloc(1, 70000), *huge = xcalloc(1, CONF_MAX_SIZE + 2);
	struct conf_file *f = NULL;

	(void)state;
	memset(line, 'x', 69999);
	memset(huge, 'x', CONF_MAX_SIZE + 1);
	line[0] = huge[0] = '#';
	put("lxc/106/config", line);
	assert_int_equal(store()->load(106, &f, &e), 0);
	conf_free(f);
	put("lxc/106/config", huge);
	assert_int_equal(store()->load(106, &f, &e), -EFBIG);
	put("lxc/106/config", "");
	assert_int_equal(store()->load(106, &f, &e), 0);
	conf_free(f);
	assert_int_equal(store()->remove(106, &e), 0);
}

static void nodes(void **state)
{
	static const unsigned own[] = { 107, 300, 2000 };
	autofree char *flat = NULL, *old = NULL, *none = NULL, *here = NULL;
	autofree unsigned *numbers = NULL;
	struct store_list list;
	size_t n = 0;

	(void)state;
	put("lxc/2000/config", "lxc.utsname = two\n");
	put("lxc/300/config", "");
	put("lxc/107/config", "");
	put("lxc/notes", "");
	put("nodes/b/lxc/200/config", "");
	put("nodes/c/lxc/201.conf", "hostname: flat\n");
	assert_int_equal(store()->numbers(&numbers, &n, &e), 0);
	assert_int_equal(n, 3);
	assert_memory_equal(numbers, own, sizeof own);

	old = store()->find_node(200);
	assert_string_equal(old, "b");
	flat = store()->find_node(201);
	assert_string_equal(flat, "c");
	none = store()->find_node(202);
	assert_null(none);
	/* Of this node, in the newer format: no other has it. */
	put("lxc/203.conf", "hostname: here\n");
	here = store()->find_node(203);
	assert_null(here);

	assert_int_equal(store()->list(NULL, &list, &e), 0);
	assert_int_equal(list.n, 6);
	for (size_t i = 1; i < list.n; i++)
		assert_true(list.v[i - 1].ctid < list.v[i].ctid);
	assert_true(store_is_own(&list.v[0]));
	assert_false(store_is_own(&list.v[1]));
	store_list_done(&list);
	assert_true(store_mentions("HOSTNAME: FLAT"));
	assert_false(store_mentions("hostname: other"));
}

/* At its place in Proxmox VE, where it stays. */
static void flat(void **state)
{
	autofree char *own = xasprintf("%s/etc/lxc/110.conf", dir), *text = NULL, *path = NULL;
	autofree char *both = xasprintf("%s/etc/lxc/110/config", dir);
	autofree unsigned *numbers = NULL;
	struct conf_file *f = NULL;
	size_t n = 0, found = 0;

	(void)state;
	put("lxc/110.conf", "#note\nhostname: flat\nwhat: ever\n");
	path = store()->path(110);
	assert_string_equal(path, own);
	assert_int_equal(store()->exists(110, &e), 1);
	assert_int_equal(store()->reserve(110, &e), -EEXIST);
	assert_int_equal(store()->load(110, &f, &e), 0);
	assert_int_equal(conf_set(f, "hostname", "b", &e), 0);
	assert_int_equal(store()->save(f, &e), 0);
	conf_free(f);
	assert_int_equal(file_read(own, 1000, &text, NULL, &e), 0);
	assert_string_equal(text, "#note\nhostname: b\nwhat: ever\n");
	assert_true(access(both, F_OK) < 0);

	/* Nobody knows which counts. */
	put("lxc/110/config", "lxc.utsname = c\n");
	assert_int_equal(store()->load(110, &f, &e), -EEXIST);
	assert_string_equal(e.object, both);
	assert_non_null(strstr(e.cause, own));
	assert_int_equal(store()->numbers(&numbers, &n, &e), 0);
	for (size_t i = 0; i < n; i++)
		found += numbers[i] == 110;
	assert_int_equal(found, 1);

	assert_int_equal(store()->remove(110, &e), 0);
	assert_int_equal(store()->exists(110, &e), 0);
	assert_true(access(own, F_OK) < 0);
}

static void locks(void **state)
{
	autofree char *locks = xasprintf("%s/pct/lock", dir);
	autoclose int first = store()->lock(105, 0, &e), other = -1, ids = -1;

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(store()->lock(105, 0, &e), -EBUSY);
	other = store()->lock(106, 0, &e);
	assert_true(other >= 0);
	ids = store()->lock_ids(0, &e);
	assert_true(ids >= 0);
	assert_int_equal(store()->lock_ids(0, &e), -EBUSY);
	/* Who can write to the folder can replace a lock. */
	assert_int_equal(chmod(locks, 0777), 0);
	assert_int_equal(store()->lock(107, 0, &e), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(life),
		cmocka_unit_test(sizes),
		cmocka_unit_test(nodes),
		cmocka_unit_test(flat),
		cmocka_unit_test(locks),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
