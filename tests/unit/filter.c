/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of a network, as text; that they do what they say is for tests/live/net-traffic.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/filter.h"
#include "lib/plug-vlan.h"
#include "lib/util.h"

#define HEAD "lxc.network.type = veth\nlxc.network.veth.pair = veth105.0\n" \
	     "lxc.network.hwaddr = 02:00:00:00:00:05\n"
#define BEGIN "add table netdev pct\n" \
	      "add chain netdev pct veth105.0 { type filter hook ingress device \"veth105.0\" " \
	      "priority 0; }\n" \
	      "flush chain netdev pct veth105.0\nadd counter netdev pct veth105.0\n"
#define RULE "add rule netdev pct veth105.0 "
#define DROP " counter name \"veth105.0\" drop\n"
#define MAC RULE "ether saddr != 02:00:00:00:00:05" DROP \
	    RULE "arp saddr ether != 02:00:00:00:00:05" DROP
#define NO_VLAN RULE "ether type { 8021q, 8021ad }" DROP
#define NO_OTHER RULE "meta protocol != { ip, ip6, arp }" DROP
#define NO_IP4 RULE "arp saddr ip != { 0.0.0.0 }" DROP RULE "meta protocol ip" DROP
#define NO_IP6 RULE "ip6 saddr != { ::, fe80::/64 }" DROP \
	       RULE "icmpv6 type nd-neighbor-advert @th,64,64 != 0xfe80000000000000 " DROP

static void check_rules(const char *keys, const char *expected)
{
	autofree char *text = xasprintf(HEAD "%s", keys), *rules = NULL;
	struct conf_file *f = NULL;
	struct err e = { 0 };

	assert_int_equal(conf_parse(text, strlen(text), "x", 105, &f, &e), 0);
	rules = filter_rules(&conf_values(f)->nets[0], "veth105.0");
	assert_string_equal(rules, expected);
	conf_free(f);
}

static void test_rules(void **state)
{
	(void)state;
	check_rules("", BEGIN MAC NO_VLAN NO_OTHER);
	check_rules("pve.network.ip = dhcp\n", BEGIN MAC NO_VLAN NO_OTHER NO_IP6);
	check_rules("pve.network.ip6 = auto\n", BEGIN MAC NO_VLAN NO_OTHER NO_IP4);
	check_rules("pve.network.trunks = 7\n", BEGIN MAC NO_OTHER);
	check_rules("pve.network.ip = 10.0.0.5/24;10.0.0.6/24\npve.network.gw = 10.0.0.1\n",
		    BEGIN MAC NO_VLAN NO_OTHER
		    RULE "arp saddr ip != { 0.0.0.0, 10.0.0.5, 10.0.0.6 }" DROP
		    RULE "ip saddr != { 10.0.0.5, 10.0.0.6 }" DROP NO_IP6);
	check_rules("pve.network.ip6 = 2001:db8::5/64\npve.network.gw6 = fe80::1\n",
		    BEGIN MAC NO_VLAN NO_OTHER NO_IP4
		    RULE "ip6 saddr != { ::, fe80::/64, 2001:db8::5 }" DROP
		    RULE "icmpv6 type nd-neighbor-advert @th,64,64 != 0xfe80000000000000 "
		    "@th,64,128 != { 0x20010db8000000000000000000000005 }" DROP
		    RULE "ip6 saddr fe80::1" DROP
		    RULE "icmpv6 type nd-neighbor-advert "
		    "@th,64,128 0xfe800000000000000000000000000001" DROP);
}

static void test_removal(void **state)
{
	autofree char *rules = filter_removal("veth105.0");

	(void)state;
	assert_string_equal(rules, "add table netdev pct\n"
				   "add chain netdev pct veth105.0\n"
				   "delete chain netdev pct veth105.0\n"
				   "add counter netdev pct veth105.0\n"
				   "delete counter netdev pct veth105.0\n");
}

static void check_external(const char *text, bool expected)
{
	char dir[] = "/tmp/pct-filter-XXXXXX";
	autofree char *sub = NULL, *path = NULL;
	FILE *file;

	assert_non_null(mkdtemp(dir));
	sub = xasprintf("%s/firewall", dir);
	path = xasprintf("%s/cluster.fw", sub);
	assert_int_equal(mkdir(sub, 0755), 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	setenv("PCT_ETC", dir, 1);
	assert_int_equal(filter_is_external(), expected);
	unlink(path);
	assert_false(filter_is_external());
	rmdir(sub);
	rmdir(dir);
}

static void test_external(void **state)
{
	(void)state;
	check_external("[OPTIONS]\n\nenable: 1\n", true);
	check_external("[options]\r\nenable: 1\r\n", true);
	check_external("[OPTIONS]\nenable: 0\n", false);
	check_external("[OPTIONS]\npolicy_in: DROP\n[RULES]\nenable: 1\n", false);
	check_external("enable: 1\n", false);
	check_external("", false);
}

static void test_names(void **state)
{
	char a[16], b[16];

	(void)state;
	vlan_bridge_name(a, "vmbr0", 5);
	assert_string_equal(a, "vmbr0v5");
	vlan_bridge_name(a, "abcdefghij", 4094);
	assert_string_equal(a, "abcdefghijv4094");
	vlan_bridge_name(a, "abcdefghijk", 4094);
	vlan_bridge_name(b, "abcdefghijl", 4094);
	assert_int_equal(strlen(a), 14);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_removal),
		cmocka_unit_test(test_external),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
