/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several addresses, routes and the IPv6 token of a network. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "tests/unit/conf-text.h"

#define HEAD "lxc.network.type = veth\nlxc.network.veth.pair = veth105.0\n"

static void set(struct conf_file *f, const char *value)
{
	struct err e = { 0 };

	if (conf_set(f, "net0", value, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
}

static void check_ip(const struct ip *ip, const char *expected)
{
	char text[IP_TEXT_MAX];

	assert_string_equal(ip_format(ip, text), expected);
}

static void test_values(void **state)
{
	struct conf_file *f = parse(HEAD "pve.network.ip = 10.0.0.5/24;10.0.0.6/25; 10.9.0.1/16\n"
				    "pve.network.gw = 10.0.0.1\n"
				    "pve.network.ip6 = auto,token=::5\n"
				    "pve.network.route = 10.5.0.0/16 via 10.0.0.254\n"
				    "pve.network.route = fd00::/8 via fe80::1;10.6.0.128/25\n");
	const struct net *net = &conf_values(f)->nets[0];

	(void)state;
	assert_int_equal(net->ip4.n_addresses, 3);
	check_ip(&net->ip4.address[0].ip, "10.0.0.5");
	assert_int_equal(net->ip4.address[1].prefix, 25);
	check_ip(&net->ip4.address[2].ip, "10.9.0.1");
	assert_int_equal(net->ip6.method, IP_AUTO);
	assert_int_equal(net->ip6.n_addresses, 0);
	check_ip(&net->ip6.token, "::5");
	assert_int_equal(net->ip4.token.family, AF_UNSPEC);
	assert_int_equal(net->n_routes, 3);
	check_ip(&net->route[0].to.ip, "10.5.0.0");
	assert_int_equal(net->route[0].to.prefix, 16);
	check_ip(&net->route[0].via, "10.0.0.254");
	check_ip(&net->route[1].via, "fe80::1");
	check_ip(&net->route[2].to.ip, "10.6.0.128");
	assert_int_equal(net->route[2].via.family, AF_UNSPEC);
	conf_free(f);
}

#define MAC "lxc.network.hwaddr = 02:00:00:00:00:01\n"
#define GIVEN                                                                                      \
	"name=eth0,hwaddr=02:00:00:00:00:01,ip=10.0.0.5/24;10.0.0.6/24,ip6=auto,token=::5,"        \
	"route=10.5.0.0/16 via 10.0.0.254;fd00::/8"

/* The command line's form becomes lines, one a route, and comes back. */
static void test_round_trip(void **state)
{
	struct conf_file *f = parse("");
	autofree char *shown = NULL;
	autofree char *before = NULL;

	(void)state;
	set(f, GIVEN);
	before = conf_text(f);
	assert_string_equal(before, "# network config\nlxc.network.type = veth\n" MAC
				    "pve.network.ip = 10.0.0.5/24;10.0.0.6/24\n"
				    "pve.network.ip6 = auto,token=::5\n"
				    "lxc.network.name = eth0\n"
				    "pve.network.route = 10.5.0.0/16 via 10.0.0.254\n"
				    "pve.network.route = fd00::/8\n"
				    "lxc.network.veth.pair = veth105.0\n");
	shown = conf_get(f, "net0");
	assert_string_equal(shown, "name=eth0,hwaddr=02:00:00:00:00:01,"
				   "ip=10.0.0.5/24;10.0.0.6/24,ip6=auto,token=::5,"
				   "route=10.5.0.0/16 via 10.0.0.254;fd00::/8,type=veth");
	set(f, shown);
	check_text(f, before);
	/* The token may stand anywhere. */
	set(f, "token=::5,route=10.5.0.0/16 via 10.0.0.254; fd00::/8,name=eth0,ip6=auto,"
	       "ip=10.0.0.5/24;10.0.0.6/24");
	check_text(f, before);
	conf_free(f);
}

/* Old and new lines side by side would not be allowed: values that change places. */
static void test_edit(void **state)
{
	struct conf_file *f = parse(HEAD "# a\n" MAC "pve.network.ip=10.0.0.5/24\n"
				    "pve.network.gw = 10.0.0.1\n"
				    "pve.network.route  = 10.5.0.0/16\n# b\n"
				    "pve.network.route = 10.6.0.0/16\nlxc.network.name = eth0");

	(void)state;
	set(f, "name=eth0,ip=10.0.0.1/24,gw=10.0.0.5,route=10.6.0.0/16;10.5.0.0/16;10.7.0.0/16");
	check_text(f, HEAD "# a\n" MAC "pve.network.ip=10.0.0.1/24\n"
			   "pve.network.gw = 10.0.0.5\n"
			   "pve.network.route  = 10.6.0.0/16\n# b\n"
			   "pve.network.route = 10.5.0.0/16\n"
			   "pve.network.route = 10.7.0.0/16\nlxc.network.name = eth0");
	set(f, "name=eth1,ip=dhcp,tag=5,route=10.5.0.0/16");
	check_text(f, HEAD "# a\n" MAC "pve.network.ip=dhcp\n"
			   "pve.network.route  = 10.5.0.0/16\n# b\nlxc.network.name = eth1\n"
			   "pve.network.tag = 5\n");
	conf_free(f);
}

#define SIX "10.0.0.1/8;10.0.0.2/8;10.0.0.3/8;10.0.0.4/8;10.0.0.5/8;10.0.0.6/8"
#define SIXTEEN SIX ";10.0.1.1/8;10.0.1.2/8;10.0.1.3/8;10.0.1.4/8;10.0.1.5/8;10.0.1.6/8;"         \
		"10.0.2.1/8;10.0.2.2/8;10.0.2.3/8;10.0.2.4/8"
#define ROUTES4(n) "10." #n ".0.0/16;10." #n "1.0.0/16;10." #n "2.0.0/16;10." #n "3.0.0/16;"
#define MORE_ROUTES ROUTES4(1) ROUTES4(2) ROUTES4(3) ROUTES4(4) "172.16.0.0/12"

static void test_bad(void **state)
{
	static const char *bad[][2] = {
		{ "ip=dhcp;10.0.0.5/24", "ip: cannot be combined with addresses: \"dhcp\"" },
		{ "ip=10.0.0.5/24;manual", "ip: cannot be combined with addresses: \"manual\"" },
		{ "ip6=fd00::5/64;auto", "ip6: cannot be combined with addresses: \"auto\"" },
		{ "ip=10.0.0.5/24;10.0.0.5/25", "ip: address is given twice: \"10.0.0.5/25\"" },
		{ "ip6=fd00::5/64;fd00:0::5/64",
		  "ip6: address is given twice: \"fd00:0::5/64\"" },
		{ "ip=10.0.0.5/24;fd00::1/64", "ip: is not an IPv4 address: \"fd00::1/64\"" },
		{ "ip=;", "ip: bad address \";\"" },
		{ "ip=", "ip: bad address \"\"" },
		{ "ip=" SIXTEEN ";10.0.3.1/8", "ip: more than 16 addresses" },
		{ "ip6=auto,token=fd00::5", "ip6: token is not the lower 64 bits of an address, "
		  "like ::5: \"fd00::5\"" },
		{ "ip6=auto,token=::", "ip6: token is not the lower 64 bits of an address, "
		  "like ::5: \"::\"" },
		{ "ip6=auto,token=5", "ip6: bad address \"5\"" },
		{ "ip6=auto,token=10.0.0.5", "ip6: is not an IPv6 address: \"10.0.0.5\"" },
		{ "ip6=auto,token=::5,token=::5", "token is given twice" },
		{ "ip6=auto,token=", "ip6: bad address \"\"" },
		{ "ip6=fd00::5/64,token=::5",
		  "ip6: token requires auto: \"fd00::5/64,token=::5\"" },
		{ "ip6=dhcp,token=::5", "ip6: token requires auto: \"dhcp,token=::5\"" },
		{ "token=::5", "token requires ip6=auto" },
		{ "route=", "route: is not TO/PREFIX via GATEWAY: \"\"" },
		{ "route=10.5.0.0", "route: address without /PREFIX \"10.5.0.0\"" },
		{ "route=10.5.0.0/16 10.0.0.1",
		  "route: is not TO/PREFIX via GATEWAY: \"10.5.0.0/16 10.0.0.1\"" },
		{ "route=10.5.0.0/16 via",
		  "route: is not TO/PREFIX via GATEWAY: \"10.5.0.0/16 via\"" },
		{ "route=10.5.0.0/16 via 10.0.0.1 metric 5", "route: is not TO/PREFIX via GATEWAY: "
		  "\"10.5.0.0/16 via 10.0.0.1 metric 5\"" },
		{ "route=10.5.0.0/16 via fe80::1", "route: is not an IPv4 address: \"fe80::1\"" },
		{ "route=fd00::/8 via 10.0.0.1", "route: is not an IPv6 address: \"10.0.0.1\"" },
		{ "route=10.5.0.7/16",
		  "route: 10.5.0.7/16 is not a network address; use 10.5.0.0/16" },
		{ "route=fd00:0:0:7f::/58", "route: fd00:0:0:7f::/58 is not a network address; "
		  "use fd00:0:0:40::/58" },
		{ "route=0.0.0.0/0 via 10.0.0.1", "route: is a default route; use gw or gw6: "
		  "\"0.0.0.0/0 via 10.0.0.1\"" },
		{ "route=10.5.0.0/16;10.5.0.0/16 via 10.0.0.1",
		  "route: destination is given twice: \"10.5.0.0/16 via 10.0.0.1\"" },
		{ "route=" MORE_ROUTES, "route: more than 16 routes" },
		{ "ip=10.0.0.5/24;10.0.0.6/24,gw=10.0.0.6",
		  "the gateway 10.0.0.6 is the container's own address" },
		{ "ip6=fd00::5/64,gw6=fd00::5",
		  "the gateway fd00::5 is the container's own address" },
		{ "ip=10.0.0.5/24,route=10.5.0.0/16 via 10.0.0.5",
		  "the gateway 10.0.0.5 is the container's own address" },
		{ "ip=10.0.0.5/24\n;10.0.0.6/24", "control character in value "
		  "\"name=eth0,ip=10.0.0.5/24?;10.0.0.6/24\" (U+000A)" },
		{ "route=10.5.0.0/16\tvia 10.0.0.1", "control character in value "
		  "\"name=eth0,route=10.5.0.0/16?via 10.0.0.1\" (U+0009)" },
	};
	struct conf_file *f = parse(HEAD);

	(void)state;
	check_refused(f, bad, ARRAY_SIZE(bad));
	set(f, "name=eth0,hwaddr=02:00:00:00:00:01,ip=" SIXTEEN);
	assert_int_equal(conf_values(f)->nets[0].ip4.n_addresses, CONF_MAX_ADDRESSES);
	conf_free(f);
}

/* What is wrong between lines is said of the line that is at fault. */
static void test_bad_lines(void **state)
{
	static const char *const bad[][3] = {
		{ "pve.network.gw = 10.0.0.5\npve.network.ip = 10.0.0.5/24\n",
		  "F:3: pve.network.gw", "the gateway 10.0.0.5 is the container's own address" },
		{ "pve.network.ip6 = fd00::5/64\n\npve.network.route = fe00::/8 via fd00::5\n",
		  "F:5: pve.network.route", "the gateway fd00::5 is the container's own address" },
		{ "pve.network.route = 10.5.0.0/16\npve.network.route = 10.5.0.0/16\n",
		  "F:4: pve.network.route", "destination is given twice: \"10.5.0.0/16\"" },
		{ "pve.network.ip6 = auto,token=::5,x\n", "F:3: pve.network.ip6",
		  "bad address \"::5,x\"" },
		{ "pve.network.token = ::5\n", "F:3: pve.network.token",
		  "unknown network key" },
		{ "pve.network.route = 10.5.0.0/16 via 10.0.0.1\001\n", "F:3: pve.network.route",
		  "control character in value \"10.5.0.0/16 via 10.0.0.1?\" (U+0001)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autofree char *text = xasprintf(HEAD "%s", bad[i][0]);
		struct conf_file *f = NULL;
		struct err e = { 0 };

		assert_int_equal(conf_parse(text, strlen(text), "F", 105, &f, &e), -EINVAL);
		assert_string_equal(e.object, bad[i][1]);
		assert_string_equal(e.cause, bad[i][2]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_edit),   cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bad_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
