/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The setup plan: what goes in comes back, and what nobody wrote there does not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/setup-plan.h"
#include "tests/unit/conf-text.h"

static const char config[] =
	"lxc.utsname = web1.ex.org\n"
	"lxc.arch = amd64\n"
	"lxc.tty = 3\n"
	"lxc.cgroup.memory.limit_in_bytes = 512M\n"
	"pve.ostype = debian\n"
	"pve.nameserver = 1.1.1.1 2001:db8::53\n"
	"pve.searchdomain = ex.org b.org\n"
	"pve.timezone = host\n"
	"pve.unprivileged = 1\n"
	"pve.features = nesting=1\n"
	"pve.comment = secret\n"
	"pve.dev7 = /dev/net/tun,mode=0666\n"
	"pve.volid = local:105/vm-105-rootfs.raw\n"
	"lxc.network.type = veth\n"
	"lxc.network.veth.pair = veth105.0\n"
	"lxc.network.name = eth0\n"
	"lxc.network.hwaddr = 86:5D:0B:28:E6:23\n"
	"lxc.network.mtu = 1400\n"
	"pve.network.bridge = vmbr0\n"
	"pve.network.host-managed = 1\n"
	"pve.network.ip = 10.0.0.5/24;10.0.1.5/25\n"
	"pve.network.gw = 10.0.0.1\n"
	"pve.network.ip6 = auto,token=::5\n"
	"pve.network.route = 10.5.0.0/16 via 10.0.0.254\n"
	"pve.network.route = fd00::/8\n"
	"lxc.network.type = veth\n"
	"lxc.network.veth.pair = veth105.12\n"
	"lxc.network.name = wan0\n"
	"pve.network.ip = dhcp\n"
	"pve.network.ip6 = 2001:db8::5/64\n"
	"pve.network.gw6 = fe80::1\n";

static void test_round_trip(void **state)
{
	struct conf_file *f = parse(config);
	struct own_volume data = { (char *)"/var/my data", 64768, UINT64_MAX };
	const struct own_volumes volumes = { &data, 1 };
	autofree char *text = setup_plan_text(conf_values(f), "search a b\nnameserver 9.9.9.9\n",
					"Europe/Vienna", 1234567890, &volumes);
	struct setup_plan plan = { 0 };
	const struct conf *c;
	struct err e = { 0 };

	(void)state;
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "volid"));
	if (setup_plan_parse(text, strlen(text), &plan, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	c = conf_values(plan.conf);
	assert_int_equal(c->ctid, 105);
	assert_string_equal(c->hostname, "web1.ex.org");
	assert_string_equal(c->ostype, "debian");
	assert_string_equal(c->nameserver, "1.1.1.1 2001:db8::53");
	assert_string_equal(c->searchdomain, "ex.org b.org");
	assert_string_equal(c->timezone, "host");
	assert_int_equal(c->tty, 3);
	assert_true(c->unprivileged);
	assert_true(c->features.nesting);
	assert_int_equal(c->n_nets, 2);
	assert_string_equal(c->nets[0].name, "eth0");
	assert_int_equal(c->nets[0].mtu, 1400);
	assert_true(c->nets[0].host_managed);
	assert_false(c->nets[1].host_managed);
	assert_int_equal(c->nets[0].ip4.method, IP_STATIC);
	assert_int_equal(c->nets[0].ip4.address[0].prefix, 24);
	assert_int_equal(c->nets[0].ip4.n_addresses, 2);
	assert_int_equal(c->nets[0].ip4.address[1].prefix, 25);
	assert_int_equal(c->nets[0].ip6.method, IP_AUTO);
	assert_int_equal(c->nets[0].ip6.token.byte[15], 5);
	assert_int_equal(c->nets[0].n_routes, 2);
	assert_int_equal(c->nets[0].route[0].via.byte[3], 254);
	assert_int_equal(c->nets[0].route[1].to.prefix, 8);
	assert_int_equal(c->nets[0].route[1].via.family, AF_UNSPEC);
	assert_int_equal(c->nets[1].index, 12);
	assert_int_equal(c->nets[1].ip4.method, IP_DHCP);
	assert_int_equal(c->nets[1].ip6.gateway.family, AF_INET6);
	assert_string_equal(plan.timezone, "Europe/Vienna");
	assert_int_equal(plan.now, 1234567890);
	assert_string_equal(plan.resolv_conf, "nameserver 9.9.9.9\nsearch a b\n");
	assert_int_equal(c->n_devices, 1);
	assert_string_equal(c->devices[0].slot, "dev7");
	assert_string_equal(c->devices[0].path, "/dev/net/tun");
	assert_int_equal(plan.volumes.n, 1);
	assert_string_equal(plan.volumes.v[0].path, "/var/my data");
	assert_int_equal(plan.volumes.v[0].dev, 64768);
	assert_true(plan.volumes.v[0].ino == UINT64_MAX);
	setup_plan_done(&plan);
	conf_free(f);
}

static void test_nothing_known(void **state)
{
	struct conf_file *f = parse("");
	const struct own_volumes none = { 0 };
	autofree char *text = setup_plan_text(conf_values(f), NULL, NULL, 0, &none);
	struct setup_plan plan = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(setup_plan_parse(text, strlen(text), &plan, &e), 0);
	assert_null(plan.resolv_conf);
	assert_null(plan.timezone);
	assert_null(conf_values(plan.conf)->hostname);
	assert_int_equal(conf_values(plan.conf)->n_nets, 0);
	setup_plan_done(&plan);
	conf_free(f);
}

static void test_bad_plans(void **state)
{
	static const char *const texts[] = { "plan.what = 1\n", "plan.time = soon\n",
					     "plan.ctid = 7\n",
					     "plan.time\n", "lxc.network.type = phys\n",
					     "plan.timezone = UTC\033x\n",
					     "plan.nameserver = 1.1.1.1\tx\n",
					     "lxc.utsname = a\177\n", "lxc.utsname = a\nb\n",
					     "pve.nameserver = 1.1.1.1\t::1\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct setup_plan plan = { 0 };
		struct err e = { 0 };

		assert_true(setup_plan_parse(texts[i], strlen(texts[i]), &plan, &e) < 0);
		assert_null(plan.conf);
	}
}

static void test_resolv_conf(void **state)
{
	autostrv char **servers = NULL, **search = NULL;
	autofree char *joined = NULL;

	(void)state;
	resolv_conf_parse("# no\nsearch x\ndomain y\nsearch a.b c_d -e $(x) \n"
			  "nameserver 1.1.1.1\nnameserver nonsense\n nameserver\t::1 # x\n"
			  "nameserver fe80::1%vmbr0\nnameserver 3.3.3.3\nnameserver", &servers,
			  &search);
	assert_int_equal(strv_len(servers), 3);
	assert_string_equal(servers[1], "::1");
	assert_string_equal(servers[2], "fe80::1%vmbr0");
	joined = strv_join(search, " ");
	assert_string_equal(joined, "a.b c_d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_bad_plans),  cmocka_unit_test(test_resolv_conf),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
