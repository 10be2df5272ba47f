/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A generated hardware address is no other container's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <cmocka.h>

#include "ct/ct.h"
#include "lib/base/run.h"
#include "lib/conf/conf.h"
#include "tests/unit/planted.h"

static unsigned calls;

/* In place of libc's: 06:01:01:01:01:01 twice, and then 0A:02:02:02:02:02. */
ssize_t getrandom(void *to, size_t len, unsigned flags)
{
	(void)flags;
	memset(to, ++calls > 2 ? 2 : 1, len);
	*(unsigned char *)to = calls > 2 ? 0x0a : 0x06;
	return (ssize_t)len;
}

static void assert_hwaddr(struct conf_file *f, const char *expected)
{
	assert_int_equal(conf_values(f)->n_nets, 1);
	assert_string_equal(conf_values(f)->nets[0].hwaddr, expected);
}

static void set(struct conf_file *f, const char *value)
{
	struct err e = { 0 };

	calls = 0;
	assert_int_equal(ct_set_option(f, "net0", value, &e), 0);
}

static void test_taken(void **state)
{
	struct conf_file *f = conf_new(105);

	(void)state;
	/* In another case than it is generated in. */
	plant("/lxc/101/config", "lxc.network.type = veth\nlxc.network.hwaddr = 06:01:01:01:01:01\n"
			     "lxc.network.veth.pair = veth101.0\nlxc.network.name = eth0\n");
	set(f, "name=eth0");
	assert_hwaddr(f, "0A:02:02:02:02:02");
	assert_int_equal(calls, 3);
	/* It stays, and is not asked for again. */
	set(f, "name=eth0,mtu=1400");
	assert_hwaddr(f, "0A:02:02:02:02:02");
	assert_int_equal(calls, 0);
	conf_free(f);
}

/* The user may want the same address twice, and gets a warning elsewhere. */
static void test_given(void **state)
{
	struct conf_file *f = conf_new(105);

	(void)state;
	set(f, "name=eth0,hwaddr=06:01:01:01:01:01");
	assert_hwaddr(f, "06:01:01:01:01:01");
	assert_int_equal(calls, 0);
	conf_free(f);
}

static void test_error(void **state)
{
	struct conf_file *f = conf_new(105);
	struct err e = { 0 };

	(void)state;
	calls = 0;
	assert_int_equal(ct_set_option(f, "net0", "name=eth0,ip=10.0.0.300/24", &e), -EINVAL);
	assert_null(strstr(e.cause, "hwaddr"));
	assert_int_equal(conf_values(f)->n_nets, 0);
	conf_free(f);
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/pct-option-XXXXXX");
	return !mkdtemp(top) || setenv("PCT_ETC", top, 1);
}

static int remove_folder(void **state)
{
	struct err e = { 0 };

	(void)state;
	return run_remove_tree(top, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
