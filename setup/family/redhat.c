/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Red Hat Enterprise Linux, rebuilds and derivatives. */
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"
#include "setup/text-lines.h"

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

static char *comment_udev(const char *line, void *arg)
{
	(void)arg;
	return str_after(line, "/sbin/start_udev") ? xasprintf("#%s", line) : xstrdup(line);
}

/* Enterprise Linux 6: do not wait for devices, and shut down on SIGPWR, which LXC sends. */
static int fix_template(struct setup *s, struct err *e)
{
	const char *power = "/etc/init/power-status-changed.conf";
	const char *sysinit = "/etc/rc.d/rc.sysinit";
	autofree char *old = NULL, *new = NULL;
	int n = 0;

	if (s->init != INIT_UPSTART)
		return 0;
	if (tree_lkind(s->tree, power) == 0)
		n = tree_write(s->tree, power, "# power-status-changed - made by pct\n\n"
					       "start on power-status-changed\n\n"
					       "exec /sbin/shutdown -h now\n",
			       0, ROOTFS_KEEP_LINK, e);
	if (n == 0)
		n = tree_read_optional(s->tree, sysinit, &old, e);
	if (n < 0 || !old)
		return n;
	new = lines_edit(old, comment_udev, NULL);
	return tree_write(s->tree, sysinit, new, 0, ROOTFS_KEEP_LINK, e);
}

const struct family family_redhat = {
	.name = "redhat",
	.ids = ids,
	.markers = markers,
	.include = "centos.common.conf",
	.install = "dnf install NetworkManager",
	.install_dhcp = "dnf install dhcp-client",
	.locale_conf = true,
	.full_hostname = true,
	.fix_template = fix_template,
};
