/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/netaddr.h"
#include "lib/base/util.h"

static void test_ip(void **state)
{
	static const struct {
		const char *in, *out;
	} good[] = {
		{ "10.0.0.5", "10.0.0.5" },
		{ "2001:DB8:0:0:0:0:0:5", "2001:db8::5" },
		{ "fe80::1", "fe80::1" },
		{ "::", "::" },
	};
	static const char *const bad[] = { "", "10.0.0", "10.0.0.300", "010.0.0.1", "10.0.0.5 ",
					   "fe80::1%eth0", "1:2:3", "x", "10.0.0.5/24" };
	char text[IP_TEXT_MAX];
	struct err e = { 0 };
	struct ip ip;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(ip_parse(good[i].in, AF_UNSPEC, &ip, &e), 0);
		assert_string_equal(ip_format(&ip, text), good[i].out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(ip_parse(bad[i], AF_UNSPEC, &ip, &e) < 0);
	assert_true(ip_parse("10.0.0.1", AF_INET6, &ip, &e) < 0);
	assert_string_equal(e.cause, "is not an IPv6 address: \"10.0.0.1\"");
	assert_true(ip_parse("fe80::1", AF_INET, &ip, &e) < 0);
}

static void test_zone(void **state)
{
	static const char *const bad[] = { "", "%eth0", "fe80::1%", "fe80::1%eth0%eth1", "x%eth0",
					   "fe80::1%et h", "fe80::1%eth0123456789012", "::1%lo",
					   "2001:db8::1%eth0", "169.254.1.1%eth0", "fe80::1%a/b" };
	char zone[ZONE_SIZE], text[IP_TEXT_MAX];
	struct err e = { 0 };
	struct ip ip;

	(void)state;
	assert_int_equal(ip_parse_zone("fe80::1%LAN-0.5_x", &ip, zone, &e), 0);
	assert_string_equal(ip_format(&ip, text), "fe80::1");
	assert_string_equal(zone, "LAN-0.5_x");
	assert_int_equal(ip_parse_zone("10.0.0.1", &ip, zone, &e), 0);
	assert_string_equal(ip_format(&ip, text), "10.0.0.1");
	assert_string_equal(zone, "");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(ip_parse_zone(bad[i], &ip, zone, &e) < 0);
	assert_string_equal(e.cause, "bad address \"fe80::1%a/b\"");
}

static void test_cidr(void **state)
{
	static const char *const bad[] = { "10.0.0.5", "10.0.0.5/", "10.0.0.5/33", "10.0.0.5/024",
					   "10.0.0.300/24", "::1/129", "/24", "10.0.0.5/-1",
					   "11111111111111111111111111111111111111111111111/8" };
	struct err e = { 0 };
	struct cidr cidr;

	(void)state;
	assert_int_equal(cidr_parse("192.168.3.106/20", AF_INET, &cidr, &e), 0);
	assert_int_equal(cidr.prefix, 20);
	assert_int_equal(cidr.ip.byte[3], 106);
	assert_int_equal(cidr_parse("2001:db8::5/64", AF_INET6, &cidr, &e), 0);
	assert_int_equal(cidr.prefix, 64);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(cidr_parse(bad[i], AF_UNSPEC, &cidr, &e) < 0);
	assert_true(cidr_parse("10.0.0.300/24", AF_INET, &cidr, &e) < 0);
	assert_string_equal(e.cause, "bad address \"10.0.0.300/24\"");
}

static bool contains(const char *net, const char *ip)
{
	struct err e = { 0 };
	struct cidr cidr;
	struct ip addr;

	assert_int_equal(cidr_parse(net, AF_UNSPEC, &cidr, &e), 0);
	assert_int_equal(ip_parse(ip, AF_UNSPEC, &addr, &e), 0);
	return cidr_contains(&cidr, &addr);
}

static void test_contains(void **state)
{
	(void)state;
	assert_true(contains("192.168.3.106/20", "192.168.15.255"));
	assert_false(contains("192.168.3.106/20", "192.168.16.0"));
	assert_true(contains("10.0.0.1/32", "10.0.0.1"));
	assert_false(contains("10.0.0.1/32", "10.0.0.0"));
	assert_true(contains("10.0.0.1/0", "8.8.8.8"));
	assert_true(contains("2001:db8::5/64", "2001:db8::ffff"));
	assert_false(contains("2001:db8::5/64", "2001:db8:0:1::"));
	assert_true(contains("::/128", "::"));
	assert_false(contains("::/0", "10.0.0.1"));
}

static void check_network(const char *text, const char *expected)
{
	char network[IP_TEXT_MAX];
	struct err e = { 0 };
	struct cidr cidr;
	struct ip ip;

	assert_int_equal(cidr_parse(text, AF_UNSPEC, &cidr, &e), 0);
	ip = cidr_network(&cidr);
	assert_string_equal(ip_format(&ip, network), expected);
	assert_int_equal(ip_equal(&ip, &cidr.ip), strncmp(text, expected, strlen(expected)) == 0);
}

static void test_network(void **state)
{
	(void)state;
	check_network("10.0.0.255/24", "10.0.0.0");
	check_network("10.0.0.255/25", "10.0.0.128");
	check_network("10.0.0.255/32", "10.0.0.255");
	check_network("10.0.0.255/0", "0.0.0.0");
	check_network("fd00:0:0:7f::1/58", "fd00:0:0:40::");
	check_network("fd00::1/128", "fd00::1");
}

static void test_link_local(void **state)
{
	struct err e = { 0 };
	struct ip ip;

	(void)state;
	assert_int_equal(ip_parse("febf::1", AF_UNSPEC, &ip, &e), 0);
	assert_true(ip_is_link_local(&ip));
	assert_int_equal(ip_parse("fec0::1", AF_UNSPEC, &ip, &e), 0);
	assert_false(ip_is_link_local(&ip));
	assert_int_equal(ip_parse("169.254.1.1", AF_UNSPEC, &ip, &e), 0);
	assert_true(ip_is_link_local(&ip));
}

static void test_netmask(void **state)
{
	char text[IP_TEXT_MAX];

	(void)state;
	assert_string_equal(netmask_format(0, text), "0.0.0.0");
	assert_string_equal(netmask_format(1, text), "128.0.0.0");
	assert_string_equal(netmask_format(20, text), "255.255.240.0");
	assert_string_equal(netmask_format(31, text), "255.255.255.254");
	assert_string_equal(netmask_format(32, text), "255.255.255.255");
}

static void test_hwaddr(void **state)
{
	(void)state;
	assert_true(hwaddr_valid("86:5D:0B:28:E6:23"));
	assert_true(hwaddr_valid("02:00:00:00:00:0a"));
	assert_false(hwaddr_valid("01:00:5E:00:00:01"));
	assert_false(hwaddr_valid("0B:00:5E:00:00:01"));
	assert_false(hwaddr_valid("00:00:00:00:00:00"));
	assert_false(hwaddr_valid("86:5D:0B:28:E6"));
	assert_false(hwaddr_valid("86:5D:0B:28:E6:2"));
	assert_false(hwaddr_valid("86:5D:0B:28:E6:234"));
	assert_false(hwaddr_valid("86-5D-0B-28-E6-23"));
	assert_false(hwaddr_valid(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip),	 cmocka_unit_test(test_zone),
		cmocka_unit_test(test_cidr),	 cmocka_unit_test(test_contains),
		cmocka_unit_test(test_link_local),
		cmocka_unit_test(test_netmask),  cmocka_unit_test(test_hwaddr),
		cmocka_unit_test(test_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
