/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Red Hat Enterprise Linux, its rebuilds and its kin. */
#include <stddef.h>

#include "setup/family.h"

static const char *const ids[] = {
	"rhel", "redhat", "centos", "rocky", "almalinux", "ol", "oracle", "amzn", "amazon",
	"scientific", "cloudlinux", "virtuozzo", "vzlinux", "eurolinux", "springdale",
	"miraclelinux", "circle", "navylinux", "anolis", "alinux", "opencloudos", "tencentos",
	NULL
};
static const struct marker markers[] = {
	{ "/etc/centos-release", NULL },
	{ "/etc/redhat-release", NULL },
	{ "/etc/system-release", NULL },
	{ 0 },
};

const struct family family_redhat = {
	.name = "redhat",
	.ids = ids,
	.markers = markers,
	.include = "centos.common.conf",
	.install = "dnf install NetworkManager",
	.install_dhcp = "dnf install dhcp-client",
	.full_hostname = true,
};
