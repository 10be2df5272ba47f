/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ubuntu and derivatives.  Linux Mint is based on Ubuntu or Debian; its ID_LIKE tells which.
 */
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"

static const char *const ids[] = {
	"ubuntu", "pop", "elementary", "neon", "zorin", "tuxedo", "feren", "trisquel", NULL
};
static const struct marker markers[] = {
	{ "/etc/lsb-release", "DISTRIB_ID=Ubuntu" },
	{ 0 },
};

/* Like Proxmox VE; releases with ifupdown are old. */
static bool needs_netmask(const struct setup *s)
{
	(void)s;
	return true;
}

/* udev of 12.04 does not process events in a container. */
static int fix_template(struct setup *s, struct err *e)
{
	const char *path = "/etc/udev/udev.conf", *at;
	autofree char *old = NULL, *new = NULL;
	int n;

	if (s->init != INIT_UPSTART)
		return 0;
	n = tree_read_optional(s->tree, path, &old, e);
	at = n == 0 && old ? strstr(old, "=\"err\"") : NULL;
	if (!at)
		return n;
	new = xasprintf("%.*s=0%s", (int)(at - old), old, at + strlen("=\"err\""));
	return tree_write(s->tree, path, new, 0, ROOTFS_KEEP_LINK, e);
}

const struct family family_ubuntu = {
	.name = "ubuntu",
	.ids = ids,
	.markers = markers,
	.include = "ubuntu.common.conf",
	.install = "apt-get install netplan.io",
	.install_dhcp = "apt-get install isc-dhcp-client",
	.needs_netmask = needs_netmask,
	.template_file = "/etc/netplan/10-lxc.yaml", /* of LXC's templates */
	.fix_template = fix_template,
};
