/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of a network, as text; that they do what they say is for tests/live/net-spoof.sh. */
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

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/anti-spoof.h"
#include "lib/net/bridge-vlan.h"

#define HEAD "lxc.network.type = veth\nlxc.network.veth.pair = veth105.0\n" \
	     "lxc.network.hwaddr = 02:00:00:00:00:05\n"
#define BEGIN "add table netdev pct\n" \
	      "add chain netdev pct veth105.0 { type filter hook ingress device \"veth105.0\" " \
	      "priority 0; }\n" \
	      "flush chain netdev pct veth105.0\nadd counter netdev pct veth105.0\n"
#define RULE "add rule netdev pct veth105.0 "
#define DROP " counter name \"veth105.0\" drop\n"
#define PASS " accept\n"
#define MAC RULE "ether saddr != 02:00:00:00:00:05" DROP
#define NO_BRIDGE RULE "ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00" DROP
#define NO_VLAN RULE "ether type { 8021q, 8021ad }" DROP

#define ARP RULE "arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation "
#define BY "arp saddr ether 02:00:00:00:00:05 "
#define ANY_ARP ARP "{ request, reply } " BY "arp saddr ip != 0.0.0.0" PASS \
		ARP "request " BY "arp saddr ip 0.0.0.0" PASS
#define IP4 \
	RULE "meta protocol ip meta l4proto != { 1, 2, 17 }" PASS \
	RULE "meta protocol ip meta l4proto { 1, 2, 17 } ip frag-off & 0x1fff != 0" PASS \
	RULE "meta protocol ip udp sport 67" DROP \
	RULE "meta protocol ip udp dport != { 67, 68 }" PASS \
	RULE "meta protocol ip udp dport 67 @th,64,8 1" PASS \
	RULE "meta protocol ip icmp type != { redirect, router-advertisement }" PASS \
	RULE "meta protocol ip meta l4proto 2 @th,0,8 != 0x11" PASS

#define NOBODY "0x00000000000000000000000000000000"
#define OWN "{ " NOBODY ", 0xfe80000000000000000000fffe000005 }"
#define STATIC "{ " NOBODY ", 0xfe80000000000000000000fffe000005, " \
	       "0x20010db8000000000000000000000005 }"
#define LINK_LOCAL ",64,64 0xfe80000000000000 "
#define SOURCE RULE "meta protocol ip6 @nh,64,128 "
#define TARGET RULE "icmpv6 type { 135, 136 } @th,64,128 "
#define SOURCES(own) SOURCE "!= " own " @nh" LINK_LOCAL "@nh,128,32 0" DROP \
		     SOURCE "!= " own " @nh" LINK_LOCAL "@nh,152,16 0xfffe" DROP
#define TARGETS(own) TARGET "!= " own " @th" LINK_LOCAL "@th,128,32 0" DROP \
		     TARGET "!= " own " @th" LINK_LOCAL "@th,152,16 0xfffe" DROP
#define ELSE(base, own) "!= " own " @" base ",64,64 != 0xfe80000000000000" DROP
#define PAYLOAD6 \
	RULE "ip6 nexthdr 44 frag nexthdr { 0, 43, 44, 60 }" DROP \
	RULE "ip6 nexthdr != 44 exthdr frag exists" DROP \
	RULE "ip6 saddr != :: ip6 nexthdr 44 frag frag-off != 0" PASS \
	RULE "meta protocol ip6 meta l4proto 51 @th,0,8 { 0, 43, 44, 51, 58, 60 }" DROP \
	RULE "ip6 saddr != :: meta l4proto != { 17, 58 }" PASS \
	RULE "meta protocol ip6 udp sport 547" DROP \
	RULE "ip6 saddr != :: udp dport != { 546, 547 }" PASS \
	RULE "ip6 saddr != :: udp dport 547 @th,64,8 != { 12, 13 }" PASS \
	RULE "ip6 saddr != :: icmpv6 type != { 130, 133-138, 141, 142, 149, 151, 153 }" PASS \
	RULE "icmpv6 type { 131, 132, 143 }" PASS \
	RULE "icmpv6 type { 133, 135, 136 } ip6 nexthdr != 58" DROP
#define SOLICIT(option) \
	RULE "icmpv6 type nd-router-solicit ip6 length 8" PASS \
	RULE "icmpv6 type nd-router-solicit ip6 length 16 @th,64," option PASS \
	RULE "icmpv6 type nd-neighbor-solicit ip6 saddr != :: ip6 length 24" PASS \
	RULE "icmpv6 type nd-neighbor-solicit ip6 saddr != :: ip6 length 32 @th,192," option PASS
#define ADVERTISE(option) \
	RULE "icmpv6 type nd-neighbor-advert ip6 length 24" PASS \
	RULE "icmpv6 type nd-neighbor-advert ip6 length 32 @th,192," option PASS \
	RULE "icmpv6 type nd-neighbor-solicit ip6 saddr :: ip6 length 24" PASS \
	RULE "icmpv6 type nd-neighbor-solicit ip6 saddr :: ip6 length 32 @th,192,16 0x0e01" PASS \
	RULE "counter name \"veth105.0\" drop\n"
#define SOLICIT6 PAYLOAD6 SOLICIT("64 0x0101020000000005")
#define ADVERTISE6 ADVERTISE("64 0x0201020000000005")
#define ANY_IP6 SOURCES(OWN) SOLICIT6 TARGETS(OWN) ADVERTISE6
#define NO_IP6 SOURCE ELSE("nh", OWN) SOURCES(OWN) SOLICIT6 TARGET ELSE("th", OWN) \
	       TARGETS(OWN) ADVERTISE6

static void check_text(const char *text, const char *expected)
{
	autofree char *rules = NULL;
	struct conf_file *f = NULL;
	struct err e = { 0 };

	assert_int_equal(conf_parse(text, strlen(text), "x", 105, &f, &e), 0);
	rules = filter_rules(&conf_values(f)->nets[0], "veth105.0");
	assert_string_equal(rules, expected);
	conf_free(f);
}

static void check_rules(const char *keys, const char *expected)
{
	autofree char *text = xasprintf(HEAD "%s", keys);

	check_text(text, expected);
}

static void test_rules(void **state)
{
	(void)state;
	check_rules("", BEGIN MAC NO_BRIDGE NO_VLAN ANY_ARP IP4 ANY_IP6);
	check_rules("pve.network.ip = dhcp\n", BEGIN MAC NO_BRIDGE NO_VLAN ANY_ARP IP4 NO_IP6);
	check_rules("pve.network.ip = dhcp\npve.network.gw = 10.0.0.1\n",
		    BEGIN MAC NO_BRIDGE NO_VLAN RULE "arp saddr ip 10.0.0.1" DROP ANY_ARP
		    RULE "ip saddr 10.0.0.1" DROP IP4 NO_IP6);
	check_rules("pve.network.ip6 = auto\n", BEGIN MAC NO_BRIDGE NO_VLAN ANY_IP6);
	check_rules("pve.network.trunks = 7\n", BEGIN MAC NO_BRIDGE ANY_ARP IP4 ANY_IP6);
	check_rules("pve.network.ip = 10.0.0.5/24;10.0.0.6/24\npve.network.gw = 10.0.0.1\n",
		    BEGIN MAC NO_BRIDGE NO_VLAN
		    ARP "{ request, reply } " BY "arp saddr ip { 10.0.0.5, 10.0.0.6 }" PASS
		    ARP "request " BY
		    "arp saddr ip 0.0.0.0 arp daddr ip { 10.0.0.5, 10.0.0.6 }" PASS
		    RULE "ip saddr != { 10.0.0.5, 10.0.0.6 }" DROP IP4 NO_IP6);
	check_rules("pve.network.ip6 = 2001:db8::5/64\npve.network.gw6 = fe80::1\n",
		    BEGIN MAC NO_BRIDGE NO_VLAN SOURCE ELSE("nh", STATIC)
		    SOURCE "0xfe800000000000000000000000000001" DROP SOURCES(STATIC) SOLICIT6
		    TARGET ELSE("th", STATIC)
		    TARGET "0xfe800000000000000000000000000001" DROP TARGETS(STATIC) ADVERTISE6);
}

/* Nobody knows which link-local address goes with it. */
static void test_no_hwaddr(void **state)
{
	struct net net = { .ip6.method = IP_AUTO };
	autofree char *rules = filter_rules(&net, "veth105.0");

	(void)state;
	assert_string_equal(rules, BEGIN NO_BRIDGE NO_VLAN
			    SOURCE "!= { " NOBODY " } @nh" LINK_LOCAL "@nh,128,32 0" DROP
			    PAYLOAD6 SOLICIT("16 0x0101")
			    TARGET "!= { " NOBODY " } @th" LINK_LOCAL "@th,128,32 0" DROP
			    ADVERTISE("16 0x0201"));
}

/* The bit of a universal address is inverted, and capital letters are digits as well. */
static void test_link_local(void **state)
{
	struct net net = { .hwaddr = (char[]){ "BC:24:11:0A:fF:9e" } };
	autofree char *rules = filter_rules(&net, "veth105.0");

	(void)state;
	assert_non_null(strstr(rules, ", 0xfe80000000000000be2411fffe0aff9e }"));
	assert_non_null(strstr(rules, " 0x0201bc24110aff9e accept\n"));
}

/* No rule is cut off. */
static void test_most(void **state)
{
	struct net net = { .hwaddr = (char[]){ "02:00:00:00:00:05" } };
	autofree char *rules = NULL;
	autostrv char **lines = NULL;

	(void)state;
	net.ip4.method = net.ip6.method = IP_STATIC;
	net.ip4.n_addresses = net.ip6.n_addresses = CONF_MAX_ADDRESSES;
	for (unsigned i = 0; i < CONF_MAX_ADDRESSES; i++) {
		memset(&net.ip4.address[i].ip, 0xff, sizeof net.ip4.address[i].ip);
		memset(&net.ip6.address[i].ip, 0xff, sizeof net.ip6.address[i].ip);
		net.ip4.address[i].ip.family = AF_INET;
		net.ip6.address[i].ip.family = AF_INET6;
	}
	rules = filter_rules(&net, "veth105.0");
	lines = strv_split(rules, "\n");
	for (char **line = lines + 4; *line; line++)
		if (!strstr(*line, " drop") && !strstr(*line, " accept"))
			fail_msg("cut off: %s", *line);
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
		cmocka_unit_test(test_no_hwaddr),
		cmocka_unit_test(test_link_local),
		cmocka_unit_test(test_most),
		cmocka_unit_test(test_removal),
		cmocka_unit_test(test_external),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
