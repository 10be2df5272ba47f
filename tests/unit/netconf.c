/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In a network namespace of the test's own, with eth0 as a container has it. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/netconf.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netstate.h"

static struct netlink *nl;

static void ip(const char *command)
{
	autofree char *line = xasprintf("ip %s", command);
	autostrv char **argv = strv_split(line, " ");
	struct err e = { 0 };

	if (run_program((const char *const *)argv, &e) != 0)
		fail_msg("%s: %s", line, e.cause);
}

static int setup_link(void **state)
{
	struct err e;

	(void)state;
	ip("link add eth0 type veth peer name peer0");
	ip("link set peer0 up");
	return netlink_open(&nl, &e);
}

static int remove_link(void **state)
{
	(void)state;
	netlink_close(nl);
	ip("link del eth0");
	return 0;
}

static struct conf_file *parse(const char *net)
{
	struct conf_file *f = conf_new(105);
	struct err e;

	if (conf_set(f, "net0", net, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	return f;
}

/* From one value of net0, NULL for none, to another. */
static int apply(const char *from, const char *to, struct err *e)
{
	struct conf_file *old = from ? parse(from) : NULL, *new = parse(to);
	int r = netconf_apply(nl, conf_values(new), old ? conf_values(old)->nets : NULL,
			      conf_values(new)->nets, e);

	conf_free(old);
	conf_free(new);
	return r;
}

static void add_addresses(struct buf *to, const struct netstate_link *link)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < link->n_addresses; i++)
		if (link->address[i].global)
			buf_addf(to, "%s/%u%s\n", ip_format(&link->address[i].cidr.ip, text),
				 link->address[i].cidr.prefix,
				 link->address[i].dynamic ? " dynamic" : "");
}

static void check(const char *expected)
{
	struct netstate_link link = { .name = "eth0" };
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];
	autobuf text = BUF_INIT;
	struct err e;

	assert_int_equal(netstate_read(nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES, &link, 1, &e), 0);
	add_addresses(&text, &link);
	for (size_t i = 0; i < link.n_routes; i++) {
		const struct netstate_route *route = &link.route[i];

		if (route->kernel)
			continue;
		buf_addf(&text, "%s/%u", ip_format(&route->to.ip, to), route->to.prefix);
		if (route->via.family)
			buf_addf(&text, " via %s", ip_format(&route->via, via));
		buf_addc(&text, '\n');
	}
	netstate_done(&link, 1);
	assert_string_equal(buf_str(&text), expected);
}

#define NET "name=eth0,host-managed=1,"
#define DUAL NET "ip=10.0.0.5/24,gw=10.0.0.1,ip6=fd00::5/64,gw6=fd00::1," \
	     "route=10.5.0.0/16 via 10.0.0.9"

static void apply_ok(const char *from, const char *to)
{
	struct err e = { 0 };

	if (apply(from, to, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
}

static void test_add(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		apply_ok(NULL, DUAL);
		check("10.0.0.5/24\nfd00::5/64\n"
		      "0.0.0.0/0 via 10.0.0.1\n10.5.0.0/16 via 10.0.0.9\n::/0 via fd00::1\n");
	}
}

/* The old address is its subnet's first, and takes the others with it if nothing is done. */
static void test_change(void **state)
{
	(void)state;
	apply_ok(NULL, DUAL);
	apply_ok(DUAL, NET "ip=10.0.0.6/24;10.0.0.7/24,gw=10.0.0.2,ip6=fd00::6/64");
	check("10.0.0.6/24\n10.0.0.7/24\nfd00::6/64\n0.0.0.0/0 via 10.0.0.2\n");
	apply_ok(NET "ip=10.0.0.6/24;10.0.0.7/24,gw=10.0.0.2,ip6=fd00::6/64", DUAL);
	check("10.0.0.5/24\nfd00::5/64\n"
	      "0.0.0.0/0 via 10.0.0.1\n10.5.0.0/16 via 10.0.0.9\n::/0 via fd00::1\n");
	apply_ok(DUAL, NET "ip=dhcp");
	check("");
}

static void test_prefix(void **state)
{
	(void)state;
	apply_ok(NULL, NET "ip=10.0.0.5/24,gw=10.0.0.1,ip6=fd00::5/64,gw6=fd00::1");
	apply_ok(NET "ip=10.0.0.5/24,gw=10.0.0.1,ip6=fd00::5/64,gw6=fd00::1",
		 NET "ip=10.0.0.5/16,gw=10.0.9.1,ip6=fd00::5/48,gw6=fd00::1");
	check("10.0.0.5/16\nfd00::5/48\n0.0.0.0/0 via 10.0.9.1\n::/0 via fd00::1\n");
}

/* A method is no address, and its gateway none that is set or removed: the client's stays. */
static void test_methods(void **state)
{
	static const char *const methods[] = {
		NET "ip=dhcp,gw=10.0.0.1,ip6=dhcp,gw6=fd00::1",
		NET "ip=manual,gw=10.0.0.1,ip6=manual,gw6=fd00::1",
		NET "ip=dhcp,gw=10.0.0.1,ip6=auto,gw6=fd00::1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		apply_ok(NULL, methods[i]);
		check("");
		apply_ok(methods[i], DUAL);
		check("10.0.0.5/24\nfd00::5/64\n"
		      "0.0.0.0/0 via 10.0.0.1\n10.5.0.0/16 via 10.0.0.9\n::/0 via fd00::1\n");
		apply_ok(DUAL, methods[i]);
		check("");
	}
	ip("addr add 10.0.0.9/24 dev eth0");
	ip("route add default via 10.0.0.1 dev eth0");
	apply_ok(methods[0], methods[1]);
	check("10.0.0.9/24\n0.0.0.0/0 via 10.0.0.1\n");
}

static void test_gateway_outside(void **state)
{
	(void)state;
	apply_ok(NULL, NET "ip=10.0.0.5/32,gw=192.0.2.1,ip6=fd00::5/128,gw6=fd01::1");
	check("10.0.0.5/32\nfd00::5/128\n0.0.0.0/0 via 192.0.2.1\n192.0.2.1/32\n"
	      "fd01::1/128\n::/0 via fd01::1\n");
	apply_ok(NET "ip=10.0.0.5/32,gw=192.0.2.1,ip6=fd00::5/128,gw6=fd01::1",
		 NET "ip=10.0.0.5/32");
	check("10.0.0.5/32\n");
}

/* Of which the config names no subnet: it is not known yet, or there is another one. */
static void test_routers_outside(void **state)
{
	static const char *const methods[] = {
		NET "ip=dhcp,ip6=auto,", NET "ip=manual,ip6=manual,", NET "ip=dhcp,ip6=dhcp,", NET,
	};
	const char *none = NET "ip=10.0.0.5/24";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		autofree char *net = xasprintf("%sroute=10.5.0.0/16 via 192.0.2.1;10.6.0.0/16 via "
					       "192.0.2.1;fd05::/64 via fd01::1;fd06::/64 via "
					       "fe80::1", methods[i]);

		apply_ok(NULL, net);
		check("10.5.0.0/16 via 192.0.2.1\n10.6.0.0/16 via 192.0.2.1\n192.0.2.1/32\n"
		      "fd01::1/128\nfd05::/64 via fd01::1\nfd06::/64 via fe80::1\n");
		apply_ok(net, none);
		check("10.0.0.5/24\n");
		apply_ok(none, NET);
	}
	apply_ok(NULL, NET "ip=10.0.0.5/24,route=10.5.0.0/16 via 192.0.2.1");
	check("10.0.0.5/24\n10.5.0.0/16 via 192.0.2.1\n192.0.2.1/32\n");
	apply_ok(NET "ip=10.0.0.5/24,route=10.5.0.0/16 via 192.0.2.1",
		 NET "ip=10.0.0.5/24,gw=192.0.2.1,route=192.0.2.1/32");
	check("10.0.0.5/24\n0.0.0.0/0 via 192.0.2.1\n192.0.2.1/32\n");
	apply_ok(NET "ip=10.0.0.5/24,gw=192.0.2.1,route=192.0.2.1/32",
		 NET "ip=10.0.0.5/24,route=10.5.0.0/16 via 192.0.2.1");
	/* No more hop than is needed. */
	apply_ok(NET "ip=10.0.0.5/24,route=10.5.0.0/16 via 192.0.2.1",
		 NET "ip=10.0.0.5/24;192.0.2.5/24,route=10.5.0.0/16 via 192.0.2.1");
	check("10.0.0.5/24\n192.0.2.5/24\n10.5.0.0/16 via 192.0.2.1\n");
}

/* A lease that ends takes with it all routes of its family. */
static void test_lost_routes(void **state)
{
	const char *net = NET "ip=dhcp,route=10.5.0.0/16 via 192.0.2.1;fd05::/64";
	struct conf_file *f = parse(net);
	struct err e = { 0 };

	(void)state;
	apply_ok(NULL, net);
	ip("addr add 192.0.2.5/24 dev eth0");
	ip("addr del 192.0.2.5/24 dev eth0");
	ip("route del fd05::/64 dev eth0");
	check("");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(netconf_add_routes(nl, conf_values(f), conf_values(f)->nets,
						    AF_INET, &e), 0);
		check("10.5.0.0/16 via 192.0.2.1\n192.0.2.1/32\n");
	}
	conf_free(f);
}

/* What is there for another reason stays, and what has a lifetime gets none. */
static void test_others(void **state)
{
	(void)state;
	ip("link set eth0 up");
	ip("addr add 10.9.0.1/24 dev eth0");
	ip("addr add 10.0.0.5/24 dev eth0 valid_lft 1000 preferred_lft 1000");
	ip("route add 10.8.0.0/16 dev eth0");
	apply_ok(NULL, NET "ip=10.0.0.5/24");
	apply_ok(NET "ip=10.0.0.5/24", NET "ip=10.0.0.6/24");
	check("10.9.0.1/24\n10.0.0.6/24\n10.8.0.0/16\n");
	ip("addr add 10.0.0.5/24 dev eth0 valid_lft 1000 preferred_lft 1000");
	apply_ok(NET "ip=10.0.0.6/24", NET "ip=10.0.0.5/24");
	check("10.9.0.1/24\n10.0.0.5/24\n10.8.0.0/16\n");
}

static void test_promote_is_restored(void **state)
{
	struct link link;
	struct err e;
	bool before;

	(void)state;
	assert_int_equal(netlink_get(nl, "eth0", &link, &e), 0);
	for (int on = 0; on < 2; on++) {
		assert_int_equal(netlink_set_promote(nl, link.index, on, &before, &e), 0);
		apply_ok(NULL, NET "ip=10.0.0.5/24");
		apply_ok(NET "ip=10.0.0.5/24", NET "ip=10.0.0.6/24");
		assert_int_equal(netlink_set_promote(nl, link.index, on, &before, &e), 0);
		assert_int_equal(before, on);
	}
}

static void test_down(void **state)
{
	(void)state;
	apply_ok(NULL, "name=eth0,ip=10.0.0.5/24,gw=10.0.0.1");
	check("");
}

static void test_failures(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(apply(NULL, "name=eth1,ip=10.0.0.5/24", &e), -ENODEV);
	assert_string_equal(e.object, "net0 (eth1)");
	assert_string_equal(e.cause, "the container has no such interface");
	/* A router behind another one. */
	assert_true(apply(NULL, NET "ip=10.0.0.5/24,route=10.1.0.1/32 via 10.0.0.1;"
			  "10.5.0.0/16 via 10.1.0.1", &e) < 0);
	assert_string_equal(e.object, "net0 (eth0)");
	assert_string_equal(e.cause, "cannot add the route to 10.5.0.0/16: Network is unreachable");
}

/* The kernel has no IPv6 on such a link. */
static void test_low_mtu(void **state)
{
	static const char *const refused[] = {
		NET "ip6=auto", NET "ip6=fd00::5/64", NET "ip6=dhcp", NET "route=fd05::/64",
		"name=eth0,ip6=fd00::5/64",
	};

	(void)state;
	ip("link set eth0 mtu 1279 up");
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct err e = { 0 };

		assert_int_equal(apply(NULL, refused[i], &e), -EINVAL);
		assert_string_equal(e.object, "net0 (eth0)");
		assert_string_equal(e.cause, "has an MTU of 1279, but IPv6 needs at least 1280");
		assert_non_null(strstr(e.remedy, "raise its mtu"));
	}
	apply_ok(NULL, NET "ip=10.0.0.5/24,ip6=manual");
	apply_ok(NULL, "name=eth0,ip=10.0.0.5/24,ip6=auto");
	check("10.0.0.5/24\n");
	ip("link set eth0 mtu 1280");
	apply_ok(NULL, NET "ip6=fd00::5/64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_add, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_change, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_prefix, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_methods, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_gateway_outside, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_routers_outside, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_lost_routes, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_others, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_promote_is_restored, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_down, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_failures, setup_link, remove_link),
		cmocka_unit_test_setup_teardown(test_low_mtu, setup_link, remove_link),
	};

	if (unshare(CLONE_NEWNET) < 0) {
		fprintf(stderr, "a network namespace takes root\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
