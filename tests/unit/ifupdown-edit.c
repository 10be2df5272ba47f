/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/network/interfaces, byte by byte: what new files look like, and what an edit keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/net/ifupdown/ifupdown-edit.h"
#include "setup/text-section.h"

#define LO "auto lo\niface lo inet loopback\niface lo inet6 loopback\n\n"
#define SECTION(body) SECTION_BEGIN "\n" body SECTION_END "\n"
#define RA_FILE(dev) "/proc/sys/net/ipv6/conf/" dev "/accept_ra"
#define RA_OF(dev, n) "\tpre-up [ ! -e " RA_FILE(dev) " ] || echo " n " > " RA_FILE(dev) "\n"
#define RA(n) RA_OF("eth0", n)
/* Without ip6, none by advertisements. */
#define OFF_OF(dev) SECTION(RA_OF(dev, "0"))
#define OFF OFF_OF("eth0")
#define DHCP(dev) "iface " dev " inet dhcp\n" OFF_OF(dev) "\n"
#define ROUTES(gw) SECTION(RA("0") VIA(gw))
#define VIA(gw)                                                 \
	"\tpost-up ip route add " gw " dev eth0\n"  \
	"\tpost-up ip route add default via " gw " dev eth0\n"      \
	"\tpre-down ip route del default via " gw " dev eth0\n"     \
	"\tpre-down ip route del " gw " dev eth0\n"

/* nets: "eth0 ip=10.0.0.5/24 gw=10.0.0.1|eth1 ip=dhcp"; "_" stands for a blank in a value. */
static struct conf_file *make_conf(const char *nets)
{
	autostrv char **each = strv_split(nets, "|");
	struct conf_file *f = NULL;
	autofree char *text = xstrdup("");
	struct err e = { 0 };

	for (unsigned i = 0; each[i]; i++) {
		autostrv char **words = strv_split(each[i], " ");
		autofree char *old = steal(&text);

		text = xasprintf("%slxc.network.type = veth\nlxc.network.veth.pair = veth105.%u\n"
				 "lxc.network.name = %s\n", old, i, words[0]);
		for (char **word = words + 1; *word; word++) {
			autofree char *before = steal(&text);
			char *equals = strchr(*word, '=');

			*equals = '\0';
			for (char *c = equals + 1; *c; c++)
				if (*c == '_')
					*c = ' ';
			text = xasprintf("%spve.network.%s = %s\n", before, *word, equals + 1);
		}
	}
	if (conf_parse(text, strlen(text), "conf", 105, &f, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	return f;
}

static const char *sent_name; /* of check() */

/* expected NULL: the file is left alone.  An edit of the result changes nothing. */
static void check(const char *nets, unsigned dialect, const char *old, const char *expected)
{
	struct conf_file *f = make_conf(nets);
	autofree char *new = interfaces_edit(old, conf_values(f), dialect, sent_name, NULL);
	autofree char *again = NULL;

	if (!expected) {
		assert_null(new);
	} else {
		assert_non_null(new);
		assert_string_equal(new, expected);
		again = interfaces_edit(new, conf_values(f), dialect, sent_name, NULL);
		assert_string_equal(again, expected);
	}
	conf_free(f);
}

/* ifup sets 1, with which a router has no routes of advertisements. */
#define ROUTER SECTION("\tpost-up echo 2 > " RA_FILE("eth0") "\n")
#define AUTO LO "auto eth0\n"
#define V4 "iface eth0 inet static\n\taddress 10.0.0.5/24\n"
#define V6 "iface eth0 inet6 static\n\taddress 2001:db8::5/64\n"

static void test_new_files(void **state)
{
	static const struct {
		const char *net, *expected;
	} cases[] = {
		{ "ip=10.0.0.5/24 gw=10.0.0.1", AUTO V4 "\tgateway 10.0.0.1\n" OFF "\n" },
		{ "ip=10.0.0.5/24", AUTO V4 OFF "\n" },
		{ "ip=10.0.0.5/24 gw=192.168.7.1", AUTO V4 ROUTES("192.168.7.1") "\n" },
		{ "ip=10.0.0.5/32 gw=10.0.0.1",
		  AUTO "iface eth0 inet static\n\taddress 10.0.0.5/32\n" ROUTES("10.0.0.1") "\n" },
		{ "ip=10.0.0.4/31 gw=10.0.0.5",
		  AUTO "iface eth0 inet static\n\taddress 10.0.0.4/31\n\tgateway 10.0.0.5\n" OFF
		  "\n" },
		{ "ip=dhcp", AUTO DHCP("eth0") },
		{ "ip=manual", AUTO "iface eth0 inet manual\n" OFF "\n" },
		{ "ip6=2001:db8::5/64 gw6=2001:db8::1", AUTO V6 "\tgateway 2001:db8::1\n\n" },
		{ "ip6=2001:db8::5/64 gw6=2001:db9::1",
		  AUTO V6 SECTION(RA("0") VIA("2001:db9::1")) "\n" },
		{ "ip6=2001:db8::5/64 gw6=fe80::1", AUTO V6 "\tgateway fe80::1\n\n" },
		{ "ip6=2001:db8::5/128 gw6=2001:db8::1",
		  AUTO "iface eth0 inet6 static\n\taddress 2001:db8::5/128\n"
		  SECTION(RA("0") VIA("2001:db8::1")) "\n" },
		{ "ip6=dhcp", AUTO "iface eth0 inet6 dhcp\n" ROUTER "\n" },
		{ "ip6=auto", AUTO "iface eth0 inet6 auto\n\n" },
		{ "ip6=manual", AUTO "iface eth0 inet6 manual\n" SECTION(RA("0")) "\n" },
		{ "ip6=dhcp gw6=2001:db8::1", AUTO "iface eth0 inet6 dhcp\n" ROUTER "\n" },
		{ "ip=10.0.0.5/24 gw=10.0.0.1 ip6=2001:db8::5/64 gw6=2001:db8::1",
		  AUTO V4 "\tgateway 10.0.0.1\n\n" V6 "\tgateway 2001:db8::1\n\n" },
		{ "ip=dhcp ip6=auto", AUTO "iface eth0 inet dhcp\n\niface eth0 inet6 auto\n\n" },
		{ "ip=dhcp ip6=dhcp",
		  AUTO "iface eth0 inet dhcp\n\niface eth0 inet6 dhcp\n" ROUTER "\n" },
		{ "ip=10.0.0.5/24 ip6=auto", AUTO V4 "\niface eth0 inet6 auto\n\n" },
		{ "", NULL },
		{ "gw=10.0.0.1 gw6=2001:db8::1", LO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *net = xasprintf("eth0 %s", cases[i].net);

		check(net, 0, NULL, cases[i].expected);
		if (cases[i].expected)
			check(net, 0, "", cases[i].expected);
	}
}

#define WAIT "\tpost-up for i in $(seq 50); do grep -q '^fe80.* 20 [0-38-b]. *eth0$' " \
	"/proc/net/if_inet6 && break; sleep 0.1; done\n"

static void test_dialects(void **state)
{
	(void)state;
	check("eth0 ip=10.0.0.5/24 gw=10.0.0.1 ip6=fc00::1/64", INTERFACES_NETMASK, NULL,
	      AUTO "iface eth0 inet static\n\taddress 10.0.0.5\n\tnetmask 255.255.255.0\n"
	      "\tgateway 10.0.0.1\n" SECTION(RA("0"))
	      "\niface eth0 inet6 static\n\taddress fc00::1\n\tnetmask 64\n\n");
	check("eth0 ip6=auto",
	      INTERFACES_NO_INET6_AUTO | INTERFACES_NO_INET6_LO | INTERFACES_NO_SYSCTL, NULL,
	      "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet6 manual\n"
	      SECTION(RA("2")) "\n");
	/* an ifup that turns advertisements off for nobody */
	check("eth0 ip6=2001:db8::5/64 gw6=2001:db8::1", INTERFACES_NO_SYSCTL, NULL,
	      AUTO V6 "\tgateway 2001:db8::1\n" SECTION(RA("0")) "\n");
	check("eth0 ip6=dhcp",
	      INTERFACES_NO_INET6_AUTO | INTERFACES_UDHCPC6 | INTERFACES_NO_SYSCTL, NULL,
	      AUTO "iface eth0 inet6 manual\n"
	      SECTION(RA("2") WAIT "\tpost-up udhcpc6 -b -p /run/udhcpc6.eth0.pid -i eth0\n"
		      "\tpre-down kill $(cat /run/udhcpc6.eth0.pid)\n") "\n");
}

#define ADDR(a)                                      \
	"\tpost-up ip addr add " a " dev eth0\n" "\tpre-down ip addr del " a " dev eth0\n"
#define ROUTE(r)                                       \
	"\tpost-up ip route add " r " dev eth0\n" "\tpre-down ip route del " r " dev eth0\n"

#define SAVE_MTU "\tpre-up cat /sys/class/net/eth0/mtu > /run/pct-mtu.eth0\n"
#define OLD_MTU "\tpost-up [ $(cat /sys/class/net/eth0/mtu) != 1500 ] || "                \
		"ip link set eth0 mtu $(cat /run/pct-mtu.eth0)\n"

/* What the predecessor had no words for. */
static void test_more(void **state)
{
	static const char gateway[] =
		AUTO V4 SECTION(RA("0") ADDR("10.1.0.6/24")
				"\tpost-up ip route add default via 10.1.0.1 dev eth0\n"
				"\tpre-down ip route del default via 10.1.0.1 dev eth0\n") "\n";

	(void)state;
	check("eth0 ip=10.0.0.5/24;10.0.0.6/24 gw=10.0.0.1", 0, NULL,
	      AUTO V4 "\tgateway 10.0.0.1\n" SECTION(RA("0") ADDR("10.0.0.6/24")) "\n");
	/* the gateway comes after the address that leads to it */
	check("eth0 ip=10.0.0.5/24;10.1.0.6/24 gw=10.1.0.1", 0, NULL, gateway);
	check("eth0 ip=dhcp ip6=auto,token=::5 route=10.5.0.0/16_via_10.0.0.254", 0, NULL,
	      AUTO "iface eth0 inet dhcp\n" SECTION(
		      "\tpost-up ip route replace 10.0.0.254 dev eth0\n"
		      ROUTE("10.5.0.0/16 via 10.0.0.254")
		      "\tpre-down ip route del 10.0.0.254 dev eth0\n")
	      "\niface eth0 inet6 auto\n"
	      SECTION("\tpre-up ip token set ::5 dev eth0\n") "\n");
	check("eth0 ip6=2001:db8::5/64 gw6=2001:db8::1 route=2001:db8:5::/48", 0, NULL,
	      AUTO V6 "\tgateway 2001:db8::1\n" SECTION(ROUTE("2001:db8:5::/48")) "\n");
	/* an address that goes takes its lines with it, also out of a torn section */
	check("eth0 ip=10.0.0.5/24 gw=10.0.0.1", 0,
	      AUTO V4 "\tgateway 10.0.0.1\n" SECTION(ADDR("10.0.0.6/24")) "\tmtu 1400\n\n",
	      AUTO V4 "\tgateway 10.0.0.1\n" OFF "\tmtu 1400\n\n");
	check("eth0 ip=10.0.0.5/24;10.1.0.6/24 gw=10.1.0.1", 0,
	      AUTO V4 SECTION_BEGIN "\n" ADDR("10.1.0.6/24") "\tup echo mine\n\n",
	      AUTO V4 SECTION(RA("0") ADDR("10.1.0.6/24")
			      "\tpost-up ip route add default via 10.1.0.1 dev eth0\n"
			      "\tpre-down ip route del default via 10.1.0.1 dev eth0\n")
	      "\tup echo mine\n\n");
	/* of the two stanzas, the one that comes first turns advertisements off */
	check("eth0 ip=dhcp ip6=manual", 0, LO "auto eth0\niface eth0 inet6 auto\n\n",
	      AUTO "iface eth0 inet6 manual\n" SECTION(RA("0")) "\niface eth0 inet dhcp\n\n");
	check("eth0 ip6=manual", 0,
	      LO "auto eth0\niface eth0 inet dhcp\n\niface eth0 inet6 auto\n\n",
	      AUTO "iface eth0 inet6 manual\n" SECTION(RA("0")) "\n");
}

/* ifupdown2: one stanza for both families, and the MTU of the link. */
static void test_one_stanza(void **state)
{
	const unsigned dialect = INTERFACES_NO_INET6_AUTO | INTERFACES_NO_SYSCTL |
				 INTERFACES_ONE_STANZA | INTERFACES_RESETS_MTU;

	(void)state;
	check("eth0 ip=dhcp ip6=2001:db8::5/64 gw6=2001:db8::1", dialect, NULL,
	      AUTO "iface eth0 inet dhcp\n"
	      SECTION(RA("0") SAVE_MTU ADDR("2001:db8::5/64")
		      "\tpost-up ip route add default via 2001:db8::1 dev eth0\n"
		      "\tpre-down ip route del default via 2001:db8::1 dev eth0\n" OLD_MTU) "\n");
	/* a stanza of the other family would be a second one; its place does not matter */
	check("eth0 ip=10.0.0.5/24 ip6=auto", dialect, AUTO V6 "\n" V4 "\n",
	      AUTO V4 SECTION(RA("2") SAVE_MTU OLD_MTU) "\n");
	check("eth0 ip6=2001:db8::5/64 gw6=2001:db8::1", dialect, NULL,
	      AUTO V6 "\tgateway 2001:db8::1\n" SECTION(RA("0") SAVE_MTU OLD_MTU) "\n");
}

/* A client that does not send the container's name by itself is told it. */
static void test_sent_name(void **state)
{
	static const char theirs[] = AUTO "iface eth0 inet dhcp\n" OFF "\thostname other\n\n";
	static const char old_name[] =
		AUTO "iface eth0 inet dhcp\n" SECTION("\thostname old\n" RA("0")) "\n";
	static const char told[] =
		AUTO "iface eth0 inet dhcp\n" SECTION("\thostname web\n" RA("0")) "\n";

	(void)state;
	sent_name = "web";
	check("eth0 ip=dhcp", 0, NULL, told);
	check("eth0 ip=dhcp", 0, old_name, told);
	/* Debian's ifup fails for a second one. */
	check("eth0 ip=dhcp", 0, theirs, theirs);
	check("eth0 ip=10.0.0.5/24", 0, told, AUTO V4 OFF "\n");
	check("eth0 ip6=dhcp", 0, NULL, AUTO "iface eth0 inet6 dhcp\n" ROUTER "\n");
	sent_name = NULL;
	check("eth0 ip=dhcp", 0, told, AUTO DHCP("eth0"));
}

/* A ledger of the last run. */
static char **parts, **next_parts;

static bool part_is_ours(void *arg, const char *part, const char *text)
{
	autofree char *row = xasprintf("%s: %s", part, text);

	(void)arg;
	return strv_has(parts, row);
}

static void record_part(void *arg, const char *part, const char *text)
{
	autofree char *row = xasprintf("%s: %s", part, text);

	(void)arg;
	strv_push(&next_parts, row);
}

static char *run(const char *old, const char *nets)
{
	static const struct interfaces_ledger ledger = { part_is_ours, record_part, NULL };
	struct conf_file *f = make_conf(nets);
	char *new = interfaces_edit(old, conf_values(f), 0, NULL, &ledger);

	conf_free(f);
	strv_free(parts);
	parts = steal(&next_parts);
	return new;
}

/* What an interface that left the config leaves behind, after two runs that knew it. */
static void test_left(void **state)
{
	static const struct {
		const char *old, *edit, *nets, *left;
	} cases[] = {
		/* all of it ours; other stanzas stay */
		{ NULL, "", "eth1 ip=dhcp", LO "auto eth1\n" DHCP("eth1") },
		{ NULL, "", "eth0", LO "auto eth1\n" DHCP("eth1") },
		/* an option of the administrator's came in between */
		{ NULL, "\tmtu 1400\n", "eth1 ip=dhcp",
		  LO "auto eth0\n" V4 "\tmtu 1400\n" OFF "\nauto eth1\n" DHCP("eth1") },
		/* it was there before us, and said the same */
		{ AUTO V4 OFF "\n", "", "eth1 ip=dhcp",
		  AUTO V4 OFF "\nauto eth1\n" DHCP("eth1") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char nets[] = "eth0 ip=10.0.0.5/24|eth1 ip=dhcp";
		autofree char *one = run(cases[i].old, nets), *two = NULL, *three = NULL;
		autofree char *edited = NULL, *left = NULL;
		char *at;

		two = run(one, nets);
		assert_string_equal(one, two);
		at = strstr(two, V4) + strlen(V4);
		edited = xasprintf("%.*s%s%s", (int)(at - two), two, cases[i].edit, at);
		if (str_eq(cases[i].nets, "eth0")) {
			three = run(edited, "eth0|eth1 ip=dhcp");
			left = run(three, "eth0|eth1 ip=dhcp");
		} else {
			left = run(edited, cases[i].nets);
		}
		assert_string_equal(left, cases[i].left);
		strv_clear(&parts);
	}
	/* the last one, too */
	{
		autofree char *one = run(NULL, "eth0 ip=10.0.0.5/24"), *two = run(one, "eth0");

		assert_string_equal(two, LO);
		assert_null(run(two, "eth0"));
	}
}

static void test_order(void **state)
{
	(void)state;
	check("wan ip=dhcp|eth2 ip=dhcp|eth10 ip=dhcp|eth0 ip=dhcp", 0, NULL,
	      LO "auto eth0\n" DHCP("eth0") "auto eth10\n" DHCP("eth10")
	      "auto eth2\n" DHCP("eth2") "auto wan\n" DHCP("wan"));
}

/* Each a fault of the predecessor. */
static void test_keeps(void **state)
{
	static const struct {
		const char *nets, *old, *expected;
	} cases[] = {
		/* options of a dhcp stanza; comments stay in place; "autoconf" is no "auto" */
		{ "eth0 ip=dhcp ip6=auto",
		  LO "# first\nauto eth0\niface eth0 inet static\n\taddress 1.2.3.4\n\t# why\n"
		  "    mtu 1400\n\tgateway 1.1.1.1\n\tlonely\n\n"
		  "iface eth0 inet6 dhcp\n\tautoconf 0\n\n# last\nsource /etc/network/x.d/*\n",
		  LO "# first\nauto eth0\niface eth0 inet dhcp\n\t# why\n\tmtu 1400\n\tlonely\n\n"
		  "iface eth0 inet6 auto\n\tautoconf 0\n\n# last\nsource /etc/network/x.d/*\n" },
		/* inherits, a comment on the line, continuations */
		{ "eth0 ip=dhcp|eth1 ip=manual",
		  LO "auto eth0 \\\n eth1\niface eth0 inet static inherits base\n"
		  "\tup echo a \\\n\t\tb\n\n  iface eth1 inet static # mine\n\taddress 1.2.3.4/8\n",
		  LO "auto eth0 \\\n eth1\niface eth0 inet dhcp inherits base\n" OFF
		  "\tup echo a \\\n\t\tb\n\niface eth1 inet manual\n" OFF_OF("eth1")
		  "\t# mine\n\n" },
		/* a second stanza is a second address; one that says the same is a copy */
		{ "eth0 ip=10.0.0.5/24",
		  LO "auto eth0\niface eth0 inet static\n\taddress 1.2.3.4/24\n\n"
		  "iface eth0 inet static\n\taddress 10.9.0.1/24\n\n"
		  "iface eth0 inet static\n\taddress 10.0.0.5/24\n\n",
		  LO "auto eth0\n" V4 OFF "\niface eth0 inet static\n\taddress 10.9.0.1/24\n\n" },
		/* torn markers, and routes of an older gateway */
		{ "eth0 ip=10.0.0.5/24 gw=10.0.0.1",
		  LO "auto eth0\n" V4 SECTION_BEGIN "\n\tpost-up ip route add 9.9.9.9 dev eth0\n"
		  "\tmtu 1400\n\n",
		  LO "auto eth0\n" V4 "\tgateway 10.0.0.1\n" OFF "\tmtu 1400\n\n" },
		{ "eth0 ip=10.0.0.5/24 gw=10.0.0.1",
		  LO "auto eth0\n" V4 "\tmtu 1400\n"
		  "\tpre-down ip route del 9.9.9.9 dev eth0\n" SECTION_END
		  "\n\n",
		  LO "auto eth0\n" V4 "\tgateway 10.0.0.1\n" OFF "\tmtu 1400\n\n" },
		{ "eth0 ip=10.0.0.5/24 gw=10.0.0.1",
		  LO "auto eth0\n" V4 "\tpost-up ip route add 9.9.9.9 dev eth0\n"
		  "\tpost-up ip route add default via 9.9.9.9 dev eth0\n"
		  "\tpre-down ip route del default via 9.9.9.9 dev eth0\n"
		  "\tpre-down ip route del 9.9.9.9 dev eth0\n\tmtu 1400\n\n",
		  LO "auto eth0\n" V4 "\tgateway 10.0.0.1\n" OFF "\tmtu 1400\n\n" },
		/* a gateway alone changes no stanza; a network that left keeps its own */
		{ "eth0 gw=10.0.0.1|eth1 ip=dhcp",
		  LO "auto eth0 eth1\n" V4 "\niface eth9 inet dhcp\n",
		  LO "auto eth0 eth1\n" V4 "\niface eth9 inet dhcp\n\n" DHCP("eth1") },
		/* a family that the config dropped */
		{ "eth0 ip=10.0.0.5/24", LO "auto eth0\n" V4 "\n" V6 "\n# end\n",
		  LO "auto eth0\n" V4 OFF "\n# end\n" },
		/* loopback there but not brought up; no line feed at the end */
		{ "eth0 ip=dhcp", "iface lo inet loopback\n\nauto eth0\niface eth0 inet static",
		  "auto lo\n\niface lo inet loopback\n\nauto eth0\n" DHCP("eth0") },
		/* "auto" behind the stanza counts */
		{ "eth0 ip=dhcp", LO "iface eth0 inet dhcp\n\nauto eth0\n",
		  LO DHCP("eth0") "auto eth0\n" },
		/* a continuation of nothing would swallow what we add */
		{ "eth0 ip=dhcp", LO "iface eth9 inet dhcp\n\tmtu 9 \\\\",
		  LO "iface eth9 inet dhcp\n\tmtu 9 \n\nauto eth0\n" DHCP("eth0") },
		/* keywords that end a stanza */
		{ "eth0 ip=dhcp", LO "auto eth0\niface eth0 inet dhcp\n\tmtu 9\nno-auto-down eth0\n"
		  "mapping eth1\n\tscript x\n",
		  LO "auto eth0\niface eth0 inet dhcp\n" OFF "\tmtu 9\n\nno-auto-down eth0\n"
		  "mapping eth1\n\tscript x\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(cases[i].nets, 0, cases[i].old, cases[i].expected);
}

static void test_hotplug(void **state)
{
	static const char old[] = LO "allow-hotplug eth0\n" DHCP("eth0");

	(void)state;
	check("eth0 ip=dhcp", INTERFACES_HOTPLUG_IS_AUTO, old, old);
	/* udev does not run in a container: systemd's ifup -a would pass it over */
	check("eth0 ip=dhcp", 0, old,
	      LO "allow-hotplug eth0\nauto eth0\n" DHCP("eth0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_files), cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_more),      cmocka_unit_test(test_left),
		cmocka_unit_test(test_order),     cmocka_unit_test(test_keeps),
		cmocka_unit_test(test_hotplug),   cmocka_unit_test(test_one_stanza),
		cmocka_unit_test(test_sent_name),
	};

	return cmocka_run_group_tests_name("ifupdown-edit", tests, NULL, NULL);
}
