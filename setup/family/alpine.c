/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Alpine Linux: busybox and OpenRC. */
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"

static const char *const ids[] = { "alpine", "postmarketos", "adelie", NULL };
static const struct marker markers[] = {
	{ "/etc/alpine-release", NULL },
	{ 0 },
};

/* Adds links that LXC's template lacks; without them, OpenRC does not configure the network. */
static int fix_template(struct setup *s, struct err *e)
{
	static const struct {
		const char *level, *script;
	} links[] = {
		{ "boot", "networking" }, { "boot", "bootmisc" },       { "boot", "hostname" },
		{ "shutdown", "killprocs" }, { "shutdown", "savecache" },
	};
	int n = 0;

	for (size_t i = 0; n == 0 && i < ARRAY_SIZE(links); i++) {
		autofree char *dir = xasprintf("/etc/runlevels/%s", links[i].level);
		autofree char *link = xasprintf("%s/%s", dir, links[i].script);
		autofree char *script = xasprintf("/etc/init.d/%s", links[i].script);

		if (tree_kind(s->tree, dir) == S_IFDIR && tree_lkind(s->tree, link) == 0 &&
		    tree_kind(s->tree, script) == S_IFREG)
			n = tree_symlink(s->tree, script, link, e);
	}
	return n;
}

const struct family family_alpine = {
	.name = "alpine",
	.ids = ids,
	.markers = markers,
	.include = "alpine.common.conf",
	.install = "apk add ifupdown-ng openrc",
	.install_dhcp = "apk add dhcpcd",
	.fix_template = fix_template,
};
