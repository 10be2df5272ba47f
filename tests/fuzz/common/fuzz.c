/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

char *fuzz_text(const uint8_t *data, size_t size)
{
	return xstrndup((const char *)data, strnlen((const char *)data, size));
}

const struct conf *fuzz_conf(void)
{
	static const char text[] =
		"lxc.utsname = ct1.example.org\n"
		"lxc.tty = 3\n"
		"lxc.network.type = veth\n"
		"lxc.network.veth.pair = veth105.0\n"
		"lxc.network.name = eth0\n"
		"lxc.network.hwaddr = 02:00:00:00:00:01\n"
		"pve.network.ip = 10.0.0.5/24;10.0.0.6/24\n"
		"pve.network.gw = 10.9.0.1\n"
		"pve.network.ip6 = auto,token=::5\n"
		"pve.network.route = 10.5.0.0/16 via 10.0.0.254\n"
		"lxc.network.type = veth\n"
		"lxc.network.veth.pair = veth105.1\n"
		"lxc.network.name = eth1\n"
		"pve.network.ip = dhcp\n"
		"pve.network.ip6 = 2001:db8::5/64\n"
		"pve.network.gw6 = fe80::1\n";
	static struct conf_file *f;
	struct err e;

	if (!f && conf_parse(text, strlen(text), "fuzz", 105, &f, &e) < 0)
		fuzz_failed(__FILE__, __LINE__, e.cause);
	return conf_values(f);
}

void fuzz_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}
