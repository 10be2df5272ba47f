/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Monitors and secrets, as Ceph and Proxmox VE write them. */
#include "lib/storage/type/rbd-cluster.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/storage/storage.h"

static void monitors(void **state)
{
	static const struct {
		const char *text, *monitors; /* NULL: invalid */
		bool msgr2;
	} rows[] = {
		{ "10.0.0.1", "10.0.0.1", false },
		{ "10.0.0.1 10.0.0.2;10.0.0.3,mon4", "10.0.0.1,10.0.0.2,10.0.0.3,mon4", false },
		{ "10.0.0.1:6790, 10.0.0.2", "10.0.0.1:6790,10.0.0.2", false },
		{ "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0],"
		  "[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]",
		  "10.0.0.1:6789,10.0.0.2:6789", false },
		{ "[v2:10.0.0.1:3300/0] [v2:10.0.0.2:3300/0]", "10.0.0.1:3300,10.0.0.2:3300",
		  true },
		{ "10.0.0.1:3300", "10.0.0.1:3300", true },
		{ "v1:10.0.0.1:3300", "10.0.0.1:3300", false },
		{ "fd00::1", "[fd00::1]", false },
		{ "[fd00::1]", "[fd00::1]", false },
		{ "[fd00::1]:6789", "[fd00::1]:6789", false },
		{ "[fd00::1]:3300", "[fd00::1]:3300", true },
		{ "[v2:[fd00::1]:3300/0,v1:[fd00::1]:6789/0]", "[fd00::1]:6789", false },
		{ .text = "" },
		{ .text = " , " },
		{ .text = "v1:" },
		{ .text = "10.0.0.1 a=b" },
		{ .text = "10.0.0.1 $(x)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autorbd struct rbd_cluster c = { 0 };

		if (parse_monitors(rows[i].text, &c) != !!rows[i].monitors)
			fail_msg("\"%s\" is %svalid", rows[i].text, rows[i].monitors ? "in" : "");
		if (!rows[i].monitors)
			continue;
		assert_string_equal(c.monitors, rows[i].monitors);
		assert_int_equal(c.msgr2, rows[i].msgr2);
	}
}

static void values(void **state)
{
	static const char conf[] = "# comment\nmon_host = no\n[global]\n\t fsid=1\n"
				   "  mon host = 10.0.0.1;10.0.0.2 \r\n[mon.a]\nmon_host=other\n";
	static const char keyring[] = "[client.other]\n\tkey = AQo=\n[client.admin]\n"
				      "\tkey = AQD+/0==\n\tcaps mon = \"allow *\"\n";
	autofree char *hosts = value_of(conf, "global", "mon_host");
	autofree char *key = value_of(keyring, "client.admin", "key");
	autofree char *other = value_of(keyring, "client.other", "key");
	autofree char *none = value_of(keyring, "client.none", "key");
	autofree char *long_key = value_of("[global]\nmon_host_x = 1\n", "global", "mon_host");
	autofree char *short_key = value_of("[global]\nmon = 1\n", "global", "mon_host");

	(void)state;
	assert_string_equal(hosts, "10.0.0.1;10.0.0.2");
	assert_string_equal(key, "AQD+/0==");
	assert_string_equal(other, "AQo=");
	assert_null(none);
	assert_null(long_key);
	assert_null(short_key);
}

static void secrets(void **state)
{
	static const struct {
		const char *text, *secret;
	} rows[] = {
		{ "[client.admin]\n\tkey = AQD+/0==\n", "AQD+/0==" },
		{ "[client.admin]\n", NULL },
		{ "[client.admin]\nkey =\n", NULL },
		{ "[client.admin]\nkey = a,name=b\n", NULL }, /* an option of the kernel */
		{ "[client.admin]\nkey = a b\n", NULL },
		{ "AQD+/0==\n", NULL },
		{ "", NULL },
	};
	char path[] = "/tmp/pct-keyring-XXXXXX";
	int fd = mkstemp(path);
	const struct storage s = { .id = (char *)"ceph", .keyring = path };

	(void)state;
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autorbd struct rbd_cluster c = { 0 };
		struct err e = { 0 };

		assert_int_equal(file_write_volatile(path, rows[i].text, strlen(rows[i].text),
						     0600, NULL), 0);
		assert_int_equal(rbd_cluster_secret(&s, &c, &e), rows[i].secret ? 0 : -EINVAL);
		assert_true(str_eq(c.secret, rows[i].secret));
		if (!rows[i].secret)
			assert_string_equal(e.cause, "has no key of client.admin");
	}
	unlink(path);
}

static void storages(void **state)
{
	struct storage s = { .id = (char *)"ceph", .monhost = (char *)"10.0.0.1 x=y" };
	autorbd struct rbd_cluster c = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(rbd_cluster_find(&s, &c, &e), -EINVAL);
	s.monhost = (char *)"10.0.0.1";
	s.username = (char *)"a,secret=b";
	assert_int_equal(rbd_cluster_find(&s, &c, &e), -EINVAL);
	s.username = NULL;
	assert_int_equal(rbd_cluster_find(&s, &c, &e), 0);
	assert_string_equal(c.monitors, "10.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(monitors),
		cmocka_unit_test(values),
		cmocka_unit_test(secrets),
		cmocka_unit_test(storages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
