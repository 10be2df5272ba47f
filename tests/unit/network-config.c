/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network config version 2 as options of a container; hostile texts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/network-config.h"

#define TOP "version: 2\nethernets:\n"
#define ETH0 TOP " eth0:\n"

static void check_option(const struct conf_file *f, const char *option, const char *expected)
{
	autofree char *value = conf_get(f, option);

	if (!str_eq(value, expected))
		fail_msg("%s: %s instead of %s", option, value ? value : "-",
			 expected ? expected : "-");
}

static struct conf_file *read_text(const char *text)
{
	struct conf_file *f = conf_new(0);
	struct err e = { 0 };

	if (network_config_parse(text, strlen(text), "F", f, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	return f;
}

static void test_all(void **state)
{
	struct conf_file *f = read_text(
		"# comment\n"
		"network:\n"
		"  version: 2\n"
		"  ethernets:\n"
		"    \"eth0\":\n"
		"      dhcp4: no\n"
		"      addresses: [ 10.0.0.5/24, '2001:db8::5/64', 10.0.0.6/24 ]\n"
		"      gateway4: 10.0.0.1\n"
		"      mtu: 1400\n"
		"      routes:\n"
		"        - to: ::/0\n"
		"          via: fe80::1\n"
		"        - { to: 10.5.0.0/16, via: 10.9.0.1, on-link: true }\n"
		"        - { to: 10.6.0.0/16, scope: link }\n"
		"      nameservers:\n"
		"        addresses: [10.0.0.1, 2001:db8::53]\n"
		"        search: [example.org]\n"
		"    nic:\n"
		"      match: { macaddress: '02:00:00:00:00:01' }\n"
		"      set-name: lan0\n"
		"      dhcp4: true\n"
		"      accept-ra: yes\n"
		"      ipv6-address-token: ::7\n"
		"      nameservers: { addresses: [10.0.0.1, '2001:db8::53'] }\n"
		"    any:\n"
		"      match: { name: eth2 }\n"
		"      dhcp6: on\n"
		"      accept-ra: on\n"
		"    eth3: {}\n");

	(void)state;
	check_option(f, "net0", "name=eth0,gw=10.0.0.1,gw6=fe80::1,ip=10.0.0.5/24;10.0.0.6/24,"
				"ip6=2001:db8::5/64,mtu=1400,"
				"route=10.5.0.0/16 via 10.9.0.1;10.6.0.0/16,type=veth");
	check_option(f, "net1", "name=lan0,hwaddr=02:00:00:00:00:01,ip=dhcp,ip6=auto,token=::7,"
				"type=veth");
	check_option(f, "net2", "name=eth2,ip6=dhcp,type=veth");
	check_option(f, "net3", "name=eth3,ip=manual,type=veth");
	check_option(f, "nameserver", "10.0.0.1 2001:db8::53");
	check_option(f, "searchdomain", "example.org");
	conf_free(f);
}

/* "default" has the family of its gateway; JSON is YAML. */
static void test_default(void **state)
{
	struct conf_file *f = read_text(
		"{\"version\": 2, \"ethernets\": {\"eth0\": {\"addresses\": "
		"[\"10.0.0.5/24\", \"fd00::5/64\"], \"routes\": [{\"to\": \"default\", \"via\": "
		"\"10.0.0.1\"}, {\"to\": \"default\", \"via\": \"fd00::1\"}]}, \"eth1\": "
		"{\"nameservers\": {\"addresses\": [\"10.0.0.1\", \"fe80::1\", \"fe80::2%eth0\"]}}"
		"}}");

	(void)state;
	check_option(f, "net0", "name=eth0,gw=10.0.0.1,gw6=fd00::1,ip=10.0.0.5/24,ip6=fd00::5/64,"
				"type=veth");
	/* A link-local one is on the interface that names it. */
	check_option(f, "nameserver", "10.0.0.1 fe80::1%eth1 fe80::2%eth0");
	conf_free(f);
}

static void check_refused(const char *text, size_t len, const char *message)
{
	struct conf_file *f = conf_new(0);
	autofree char *got = NULL;
	struct err e = { 0 };

	if (network_config_parse(text, len, "F", f, &e) >= 0)
		fail_msg("is taken: %s", text);
	got = xasprintf("%s: %s", e.object, e.cause);
	if (!str_after(got, message))
		fail_msg("%s\ninstead of\n%s", got, message);
	conf_free(f);
}

#define ROUTE(route) ETH0 "  addresses: [10.0.0.5/24]\n  routes: [" route "]\n"

static const char *const bad_documents[][2] = {
	{ "", "F: is empty" },
	{ "# only a comment\n", "F: is empty" },
	{ "word", "F:1: is not a mapping" },
	{ "version: 1\nconfig:\n - type: physical\n",
	  "F:1: version: is 1, but pct reads only version 2" },
	{ "network:\n  version: 1\n  config: []\n", "F:2: version: is 1, but" },
	{ "network:\n  config: disabled\n", "F:2: version: is missing" },
	{ "version: 2\nconfig: []\n", "F:2: config: is not supported" },
	{ "ethernets: {}\n", "F:1: version: is missing" },
	{ "version: 2\n", "F:1: ethernets: is missing" },
	{ "version: 2\nnetwork: {}\n", "F:2: network: has keys beside it" },
	{ "network:\n network: {}\n", "F:2: network: is not supported" },
	{ "version: 2\nrenderer: networkd\nethernets: {}\n",
	  "F:2: renderer: is not supported" },
	{ TOP " eth0: {}\nbonds: {}\n", "F:4: bonds: is not supported" },
	{ TOP " eth0: {}\nvlans: {}\n", "F:4: vlans: is not supported" },
};

static const char *const bad_interfaces[][2] = {
	{ TOP " - eth0\n", "F:3: ethernets: is not a mapping" },
	{ TOP " eth0: {}\n eth0: {}\n", "F:4: ethernets: the key eth0 is given twice" },
	{ TOP " eth0: {}\n x: {match: {name: eth0}}\n", "F:4: net1: net0 and net1 are both" },
	{ TOP " \"eth0,bridge=x\": {}\n", "F:3: ethernets: is not one word" },
	{ TOP " en*: {}\n", "F:3: bad character in interface name \"en*\"" },
	{ TOP " ? [a]\n : b\n", "F:3: ethernets: is not a single value" },
	{ ETH0 "  dhcp4: true\n  dhcp4: true\n",
	  "F:5: the key dhcp4 is given twice" },
	{ ETH0 "  dhcp4: maybe\n", "F:4: dhcp4: is not true or false: \"maybe\"" },
	{ ETH0 "  dhcp4: [true]\n", "F:4: dhcp4: is not a single value" },
};

static const char *const bad_addresses[][2] = {
	{ ETH0 "  addresses:\n  - 10.0.0.5/24\n  dhcp4: true\n",
	  "F:6: dhcp4: cannot be combined with IPv4 addresses" },
	{ ETH0 "  addresses: [fd00::5/64]\n  accept-ra: true\n",
	  "F:5: accept-ra: cannot be combined with IPv6 addresses" },
	{ ETH0 "  addresses: [fd00::5/64]\n  dhcp6: true\n",
	  "F:5: dhcp6: cannot be combined with IPv6 addresses" },
	{ ETH0 "  dhcp6: true\n  accept-ra: false\n", "F:5: accept-ra: cannot be false" },
	{ ETH0 "  dhcp6: true\n  ipv6-address-token: ::5\n",
	  "F:5: ipv6-address-token: needs accept-ra: true" },
	{ ETH0 "  accept-ra: true\n  ipv6-address-token: fd00::5\n",
	  "F:5: ipv6-address-token: token is not" },
	{ ETH0 "  addresses:\n  - 10.0.0.5/24\n  - 10.0.0.6\n", "F:6: addresses: " },
	{ ETH0 "  addresses:\n  - 10.0.0.5/24\n  - 10.0.0.5/24\n",
	  "F:6: addresses: address is given twice" },
	{ ETH0 "  addresses:\n  - 10.0.0.5/24;10.0.0.6/24\n",
	  "F:5: addresses: is not one word" },
	{ ETH0 "  addresses:\n  - 10.0.0.5/24:\n      label: x\n",
	  "F:5: addresses: is not a single value" },
	{ ETH0 "  addresses: 10.0.0.5/24\n", "F:4: addresses: is not a list" },
	{ ETH0 "  mtu: 9\n", "F:4: mtu: is not a number from 64 to 65535" },
	{ ETH0 "  gateway4: 10.0.0.1\n", "F:4: gateway4: a default route needs an IPv4" },
	{ ETH0 "  dhcp4: true\n  gateway4: 10.0.0.1\n", "F:5: gateway4: a default route" },
	{ ETH0 "  addresses: [10.0.0.5/24]\n  gateway4: 10.0.0.5\n",
	  "F:3: net0: the gateway 10.0.0.5 is the container's own" },
};

static const char *const bad_routes[][2] = {
	{ ROUTE("{via: 10.0.0.1}"), "F:5: routes: a route has no \"to\"" },
	{ ROUTE("{to: 10.1.0.0/16}"), "F:5: routes: a route needs either" },
	{ ROUTE("{to: default, scope: link}"), "F:5: routes: " },
	{ ROUTE("{to: 10.1.0.0/16, via: 10.0.0.1, scope: link}"), "F:5: routes: a route " },
	{ ROUTE("{to: 10.1.0.0/16, scope: host}"), "F:5: routes: a scope can only be link" },
	{ ROUTE("{to: 10.1.0.1/16, via: 10.0.0.1}"),
	  "F:5: routes: 10.1.0.1/16 is not a network" },
	{ ROUTE("{to: default, via: 10.0.0.1},\n {to: 0.0.0.0/0, via: 10.0.0.2}"),
	  "F:6: routes: is a second default route" },
	{ ROUTE("{to: default, via: fd00::1}"), "F:5: routes: a default route needs an IPv6" },
	{ ROUTE("{to: 10.1.0.0/16, via: 10.0.0.1,\n metric: 5}"),
	  "F:6: metric: is not supported" },
};

static const char *const bad_names[][2] = {
	{ ETH0 "  match: {macaddress: '02:00:00:00:00:01'}\n",
	  "F:4: match: does not say the name" },
	{ ETH0 "  match: {driver: virtio}\n", "F:4: driver: is not supported" },
	{ ETH0 "  match: {name: 'en*'}\n", "F:4: match: bad character" },
	{ ETH0 "  match: {name: eth0}\n  set-name: eth1\n", "F:4: match: setup cannot rename" },
	{ ETH0 "  set-name: a-name-that-is-too-long\n", "F:4: set-name: interface name" },
	{ ETH0 "  nameservers:\n   addresses:\n   - 10.0.0.1\n   - x\n",
	  "F:7: nameservers: nameserver: " },
	{ ETH0 "  nameservers:\n   addresses: ['']\n", "F:5: nameservers: is not one word" },
	{ ETH0 "  nameservers: {addresses: [10.0.0.1]}\n eth1:\n  nameservers:\n"
	  "   addresses: [10.0.0.2]\n", "F:7: nameservers: differs from that of another" },
	{ ETH0 "  optional: true\n", "F:4: optional: is not supported" },
	{ ETH0 "  <<: {dhcp4: true}\n", "F:4: <<: is not supported" },
};

/* What libyaml does more than a network config needs. */
static const char *const bad_yaml[][2] = {
	{ ETH0 "  dhcp4: &a true\n  dhcp6: *a\n", "F:4: anchors and aliases are not" },
	{ TOP " eth0: &a\n  dhcp4: true\n eth1: *a\n", "F:3: anchors and aliases are not" },
	{ "a: *b\n", "F:1: anchors and aliases are not" },
	{ ETH0 "  dhcp4: !!bool true\n", "F:4: tags are not supported" },
	{ "--- !x\nversion: 2\n", "F:1: tags are not supported" },
	{ ETH0 "  dhcp4: true\n---\nversion: 2\n", "F:5: is a second document" },
	{ "a: [[[[[[[[1]]]]]]]]\n", "F:1: is nested too deeply" },
	{ ETH0 "  dhcp4: true\n\tx: y\n", "F:5: is not YAML: " },
	{ ETH0 "  dhcp4: \"true\n", "F:5: is not YAML: " },
	{ ETH0 "  dhcp4: \"true\\0\"\n", "F:4: dhcp4: is not one word" },
	{ ETH0 "  dhcp4: \"a\\nb\"\n", "F:4: dhcp4: is not one word" },
	{ ETH0 "  dhcp4: \xff\n", "F:4: is not YAML: " },
};

static void check_all(const char *const bad[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_refused(bad[i][0], strlen(bad[i][0]), bad[i][1]);
}

static void test_refused(void **state)
{
	(void)state;
	check_all(bad_documents, ARRAY_SIZE(bad_documents));
	check_all(bad_interfaces, ARRAY_SIZE(bad_interfaces));
	check_all(bad_addresses, ARRAY_SIZE(bad_addresses));
	check_all(bad_routes, ARRAY_SIZE(bad_routes));
	check_all(bad_names, ARRAY_SIZE(bad_names));
	check_all(bad_yaml, ARRAY_SIZE(bad_yaml));
	check_refused("version: 2\n\0", 12, "F:2: is not YAML: ");
}

static void test_limits(void **state)
{
	autobuf nets = BUF_INIT, servers = BUF_INIT, deep = BUF_INIT, large = BUF_INIT;

	(void)state;
	buf_add(&nets, TOP);
	for (int i = 0; i < CONF_MAX_NETS; i++)
		buf_addf(&nets, " eth%d: {dhcp4: true}\n", i);
	conf_free(read_text(nets.s));
	buf_add(&nets, " more: {dhcp4: true}\n");
	check_refused(nets.s, nets.len, "F:3: ethernets: has more than 32 keys");
	buf_add(&servers, ETH0 "  nameservers:\n   addresses:\n");
	for (int i = 0; i < 33; i++)
		buf_addf(&servers, "   - 10.0.0.%d\n", i);
	check_refused(servers.s, servers.len, "F:6: nameservers: has more than 32 entries");
	while (deep.len < NETWORK_CONFIG_MAX)
		buf_addc(&deep, '[');
	check_refused(deep.s, deep.len, "F:1: is nested too deeply");
	buf_add(&large, ETH0);
	while (large.len <= NETWORK_CONFIG_MAX)
		buf_addc(&large, '#');
	check_refused(large.s, large.len, "F: is larger than 65536 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
