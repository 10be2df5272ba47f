/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many configs are parsed a second. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/conf/conf.h"

static const char example[] =
	"# lxc config for container 105\n"
	"lxc.include = /usr/share/lxc/config/debian.common.conf\n"
	"lxc.utsname = ct1\n"
	"pve.disksize = 8\n"
	"pve.volid = local:105/vm-105-rootfs.raw\n"
	"# network config\n"
	"lxc.network.type = veth\n"
	"pve.network.bridge = vmbr0\n"
	"pve.network.gw = 192.168.2.1\n"
	"lxc.network.hwaddr = 86:5D:0B:28:E6:23\n"
	"pve.network.ip = 192.168.3.106/20\n"
	"lxc.network.name = eth0\n"
	"lxc.network.veth.pair = veth105.0\n";

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
	double begin = now(), end;
	unsigned long n = 0;

	do {
		for (int i = 0; i < 1000; i++, n++) {
			struct conf_file *f = NULL;
			struct err e = { 0 };

			if (conf_parse(example, strlen(example), "config", 105, &f, &e) < 0) {
				err_print(&e, "parse", stderr);
				return 1;
			}
			conf_free(f);
		}
		end = now();
	} while (end - begin < 1);
	printf("%.0f\n", n / (end - begin));
	return 0;
}
