/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's end of a network: hwaddr, tag, trunks, rate, mtu and the flags. */
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
#include "tests/unit/conf-text.h"

#define HEAD "lxc.network.type = veth\nlxc.network.veth.pair = veth105.0\n"
#define MIB (UINT64_C(1) << 20)

static void test_lines(void **state)
{
	struct conf_file *f = parse(HEAD "pve.network.rate = 2.5\n"
				    "pve.network.trunks = 30;2;4-6;7;10-20;15\n"
				    "pve.network.host-managed = yes\npve.network.link_down = off\n"
				    "pve.network.firewall = 1\npve.network.tag = 5\n"
				    "lxc.network.mtu = 1400\n"
				    "lxc.network.hwaddr = 02:00:00:00:00:01\n");
	const struct net *net = &conf_values(f)->nets[0];
	static const struct vlan_range trunks[] = { { 2, 2 }, { 4, 7 }, { 10, 20 }, { 30, 30 } };
	autofree char *shown = NULL;

	(void)state;
	assert_int_equal(net->rate, 5 * MIB / 2);
	assert_int_equal(net->n_trunks, ARRAY_SIZE(trunks));
	assert_memory_equal(net->trunks, trunks, sizeof trunks);
	assert_true(net->host_managed && net->firewall && !net->link_down);
	assert_int_equal(net->tag, 5);
	assert_int_equal(net->mtu, 1400);
	shown = conf_get(f, "net0");
	assert_string_equal(shown, "name=eth0,firewall=1,host-managed=yes,"
				   "hwaddr=02:00:00:00:00:01,link_down=off,mtu=1400,"
				   "rate=2.5,tag=5,trunks=30;2;4-6;7;10-20;15,type=veth");
	conf_free(f);
}

static void test_nothing_given(void **state)
{
	struct conf_file *f = parse(HEAD);
	const struct net *net = &conf_values(f)->nets[0];

	(void)state;
	assert_true(net->rate == 0 && net->n_trunks == 0 && net->tag == 0 && net->mtu == 0);
	assert_true(!net->host_managed && !net->firewall && !net->link_down && !net->bridge);
	conf_free(f);
}

static void test_rates(void **state)
{
	static const struct {
		const char *value;
		uint64_t rate;
	} rates[] = {
		{ "0", 0 },         { "0.000", 0 },   { "0.001", 1049 },      { "1", MIB },
		{ "12.5", 25 * MIB / 2 },             { "000000005", 5 * MIB }, { "0.1", 104858 },
		{ "1.000000000000000000000000000001", MIB }, { "2047", 2047 * MIB },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		autofree char *text = xasprintf(HEAD "pve.network.rate = %s\n", rates[i].value);
		struct conf_file *f = parse(text);

		assert_int_equal(conf_values(f)->nets[0].rate, rates[i].rate);
		conf_free(f);
	}
}

/* What a word prints is read as the same again. */
static void test_printed(void **state)
{
	struct conf_file *f = parse(HEAD "pve.network.bridge = vmbr0\npve.network.firewall = yes\n"
		"pve.network.gw = 10.0.0.1\npve.network.gw6 = FE80:0::1\n"
		"pve.network.host-managed = on\nlxc.network.hwaddr = 02:00:00:00:00:01\n"
		"pve.network.ip = 10.0.0.5/24 ; 10.0.1.5/25\npve.network.ip6 = auto,token=::0:5\n"
		"pve.network.link_down = true\nlxc.network.mtu = 01400\nlxc.network.name = eth0\n"
		"pve.network.rate = 12.3450\npve.network.route = 10.5.0.0/16 via 10.0.0.254\n"
		"pve.network.route = fd00:0::/8\npve.network.tag = 05\n"
		"pve.network.trunks = 30;2;4-6;7\n");
	static const char *const printed[][2] = {
		{ "bridge", "vmbr0" }, { "firewall", "1" }, { "gw", "10.0.0.1" },
		{ "gw6", "fe80::1" }, { "host-managed", "1" }, { "hwaddr", "02:00:00:00:00:01" },
		{ "ip", "10.0.0.5/24;10.0.1.5/25" }, { "ip6", "auto,token=::5" },
		{ "link_down", "1" }, { "mtu", "1400" }, { "name", "eth0" },
		{ "rate", "12.345000267" }, { "route", "10.5.0.0/16 via 10.0.0.254;fd00::/8" },
		{ "tag", "5" }, { "trunks", "2;4-7;30" },
	};
	struct net net = conf_values(f)->nets[0];
	autobuf option = BUF_INIT;
	struct conf_file *again;
	struct err e = { 0 };
	size_t n = 0;

	(void)state;
	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *text = conf_net_word_text(w, &net);

		if (!w->print)
			continue;
		assert_string_equal(w->name, printed[n][0]);
		assert_string_equal(text, printed[n][1]);
		buf_addf(&option, "%s%s=%s", n++ ? "," : "", w->name, text);
	}
	assert_int_equal(n, ARRAY_SIZE(printed));
	again = parse(HEAD);
	if (conf_set(again, "net0", buf_str(&option), &e) < 0)
		fail_msg("%s: %s: %s", option.s, e.object, e.cause);
	assert_int_equal(conf_net_concerns(&net, &conf_values(again)->nets[0]), 0);
	assert_int_equal(conf_values(again)->nets[0].rate, net.rate);
	conf_free(again);
	conf_free(f);
}

static void test_concerns(void **state)
{
	static const struct {
		const char *line;
		unsigned concerns;
	} lines[] = {
		{ "pve.network.rate = 1\n", CONF_NET_PORT },
		{ "pve.network.link_down = 0\n", 0 },
		{ "pve.network.gw = 10.0.0.1\n",
		  CONF_NET_PLAN | CONF_NET_FILES | CONF_NET_ADDRESSES },
		{ "lxc.network.mtu = 1400\n", CONF_NET_PLAN | CONF_NET_LOWER | CONF_NET_FILES |
		  CONF_NET_LINK | CONF_NET_ADDRESSES | CONF_NET_PORT },
	};
	struct conf_file *old = parse(HEAD);
	const struct net *net = &conf_values(old)->nets[0];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		autofree char *text = xasprintf(HEAD "%s", lines[i].line);
		struct conf_file *f = parse(text);

		assert_int_equal(conf_net_concerns(net, &conf_values(f)->nets[0]),
				 lines[i].concerns);
		conf_free(f);
	}
	assert_int_equal(conf_net_concerns(NULL, net), conf_net_concerns(net, NULL));
	assert_true(conf_net_concerns(net, NULL) & CONF_NET_PORT);
	conf_free(old);
}

/* What means the same as nothing is not written. */
static void test_set(void **state)
{
	struct conf_file *f = parse(HEAD);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(conf_set(f, "net0", "name=eth0,hwaddr=02:00:00:00:00:01,rate=0.5,"
			 "trunks=2;4-6,host-managed=on,tag=5,firewall=0", &e), 0);
	check_text(f, "lxc.network.type = veth\npve.network.host-managed = 1\n"
		      "lxc.network.hwaddr = 02:00:00:00:00:01\n"
		      "lxc.network.name = eth0\npve.network.rate = 0.5\npve.network.tag = 5\n"
		      "pve.network.trunks = 2;4-6\nlxc.network.veth.pair = veth105.0\n");
	/* What IPv4 is enough for. */
	assert_int_equal(conf_set(f, "net0", "name=eth0,host-managed=1,ip=dhcp,mtu=576", &e), 0);
	assert_int_equal(conf_set(f, "net0", "name=eth0,ip=dhcp,ip6=auto,mtu=576", &e), 0);
	assert_int_equal(conf_set(f, "net0", "name=eth0,rate=0.0,host-managed=0", &e), 0);
	check_text(f, "lxc.network.type = veth\nlxc.network.hwaddr = 02:00:00:00:00:01\n"
		      "lxc.network.name = eth0\nlxc.network.veth.pair = veth105.0\n");
	conf_free(f);
}

#define RATE "is not a number of MB/s, 0 or from 0.001 to 2047"

static void test_bad_values(void **state)
{
	static const char *bad[][2] = {
		{ "rate=", "rate: " RATE ": \"\"" },
		{ "rate=-1", "rate: " RATE ": \"-1\"" },
		{ "rate=1.", "rate: " RATE ": \"1.\"" },
		{ "rate=.5", "rate: " RATE ": \".5\"" },
		{ "rate=5M", "rate: " RATE ": \"5M\"" },
		{ "rate=0x10", "rate: " RATE ": \"0x10\"" },
		{ "rate=9999999999", "rate: " RATE ": \"9999999999\"" },
		{ "rate=0.0009", "rate: " RATE ": \"0.0009\"" },
		{ "rate=2047.1", "rate: " RATE ": \"2047.1\"" },
		{ "rate=1,rate=2", "rate is given twice" },
		{ "tag=0", "tag: is not a number from 1 to 4094: \"0\"" },
		{ "tag=4095", "tag: is not a number from 1 to 4094: \"4095\"" },
		{ "tag=-1", "tag: is not a number from 1 to 4094: \"-1\"" },
		{ "tag=", "tag: is not a number from 1 to 4094: \"\"" },
		{ "trunks=", "trunks: is empty: \"\"" },
		{ "trunks=;", "trunks: is empty: \";\"" },
		{ "trunks=0", "trunks: is not a number from 1 to 4094: \"0\"" },
		{ "trunks=2;4095", "trunks: is not a number from 1 to 4094: \"4095\"" },
		{ "trunks=2-4095", "trunks: is not a number from 1 to 4094: \"4095\"" },
		{ "trunks=20-10", "trunks: range ends before it begins: \"20-10\"" },
		{ "trunks=1-2-3", "trunks: is not a number from 1 to 4094: \"2-3\"" },
		{ "trunks=-3", "trunks: is not a number from 1 to 4094: \"\"" },
		{ "trunks=2 3", "trunks: is not a number from 1 to 4094: \"2 3\"" },
		{ "mtu=63", "mtu: is not a number from 64 to 65535: \"63\"" },
		{ "mtu=65536", "mtu: is not a number from 64 to 65535: \"65536\"" },
		{ "mtu=1", "mtu: is not a number from 64 to 65535: \"1\"" },
		{ "host-managed=1,ip6=auto,mtu=1279",
		  "mtu: is less than the 1280 that IPv6 requires: "
		  "\"1279\"; raise it, or remove ip6 and IPv6 routes" },
		{ "host-managed=1,route=fd05::/64,mtu=576", "mtu: is less than the 1280 that IPv6 "
		  "requires: \"576\"; raise it, or remove ip6 and IPv6 routes" },
		{ "firewall=2", "firewall: is not 0 or 1: \"2\"" },
		{ "link_down=", "link_down: is not 0 or 1: \"\"" },
		{ "host-managed=dhcp", "host-managed: is not 0 or 1: \"dhcp\"" },
		{ "host_managed=1", "unknown key \"host_managed\"" },
		{ "hwaddr=02:00:00:00:00", "hwaddr: is not a unicast MAC address: "
		  "\"02:00:00:00:00\"" },
		{ "hwaddr=00:00:00:00:00:00", "hwaddr: is not a unicast MAC address: "
		  "\"00:00:00:00:00:00\"" },
		{ "bridge=", "bridge: is not an interface name: \"\"" },
		{ "bridge=vmbr0:1", "bridge: bad character in interface name \"vmbr0:1\"" },
		{ "bridge=vmbr0123456789ab",
		  "bridge: interface name is longer than 15 characters \"vmbr0123456789ab\"" },
		{ "type=macvlan", "type: is not veth: \"macvlan\"" },
		{ "type=empty", "type: is not veth: \"empty\"" },
	};
	struct conf_file *f = parse(HEAD);

	(void)state;
	check_refused(f, bad, ARRAY_SIZE(bad));
	conf_free(f);
}

/* The format of Proxmox VE 4 and later says the same. */
static void test_newer_format(void **state)
{
	struct conf_file *f = parse("arch: amd64\nnet2: name=eth0,bridge=vmbr0,firewall=1,"
				    "host-managed=1,hwaddr=BC:24:11:00:00:01,ip=dhcp,rate=3.5,"
				    "tag=7,trunks=8;9,type=veth\n");
	const struct net *net = &conf_values(f)->nets[0];

	(void)state;
	assert_int_equal(conf_values(f)->n_nets, 1);
	assert_int_equal(net->index, 2);
	assert_int_equal(net->rate, 7 * MIB / 2);
	assert_int_equal(net->tag, 7);
	assert_int_equal(net->n_trunks, 1);
	assert_int_equal(net->trunks[0].first, 8);
	assert_int_equal(net->trunks[0].last, 9);
	assert_true(net->host_managed && net->firewall);
	conf_free(f);
}

/* A network without hardware address has the same one whenever it is read, and no other has it. */
static void test_derived_hwaddr(void **state)
{
	static const char text[] = "lxc.net.0.type = veth\nlxc.net.1.type = veth\n";
	struct conf_file *f = parse(text), *again = parse(text), *other = NULL;
	const char *first = conf_values(f)->nets[0].hwaddr;
	autofree char *shown = conf_get(f, "net0"), *wanted = NULL, *text_now = NULL;
	struct err e = { 0 };

	(void)state;
	assert_true(hwaddr_valid(first));
	assert_true(strchr("26AE", first[1]) != NULL);
	assert_string_equal(first, conf_values(again)->nets[0].hwaddr);
	assert_string_not_equal(first, conf_values(f)->nets[1].hwaddr);
	assert_int_equal(conf_parse(text, strlen(text), "F", 106, &other, &e), 0);
	assert_string_not_equal(first, conf_values(other)->nets[0].hwaddr);
	wanted = xasprintf("name=eth0,hwaddr=%s,type=veth", first);
	assert_string_equal(shown, wanted);
	/* A set writes it down. */
	assert_int_equal(conf_set(f, "net0", "name=eth0,mtu=1400", &e), 0);
	assert_string_equal(conf_values(f)->nets[0].hwaddr, conf_values(again)->nets[0].hwaddr);
	text_now = xasprintf("lxc.net.0.type = veth\nlxc.net.0.hwaddr = %s\n"
			     "lxc.net.0.mtu = 1400\nlxc.net.0.name = eth0\n"
			     "lxc.net.1.type = veth\n", conf_values(again)->nets[0].hwaddr);
	check_text(f, text_now);
	conf_free(other);
	conf_free(again);
	conf_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nothing_given),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_concerns),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_newer_format),
		cmocka_unit_test(test_derived_hwaddr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
