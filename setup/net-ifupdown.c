/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ifupdown: Debian's own and busybox's, which reads the same file in a dialect of its own. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "setup/family.h"
#include "setup/interfaces.h"
#include "setup/renderer.h"
#include "setup/step.h"

#define INTERFACES "/etc/network/interfaces"

static const char *find_ifup(struct tree *t)
{
	static const char *const paths[] = { "/sbin/ifup", "/usr/sbin/ifup", "/bin/ifup" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (tree_is_exec(t, paths[i]))
			return paths[i];
	return NULL;
}

static bool is_busybox(struct tree *t, const char *ifup)
{
	autofree char *target = NULL;
	struct err ignored;

	return tree_lkind(t, ifup) == S_IFLNK && tree_readlink(t, ifup, &target, &ignored) == 0 &&
	       strstr(target, "busybox");
}

/* What makes the boot run it: a unit, a run level, or busybox's inittab. */
static const char *find_enabler(struct setup *s)
{
	static const char *const links[] = {
		"/etc/systemd/system/multi-user.target.wants/networking.service",
		"/etc/systemd/system/network-online.target.wants/networking.service",
	};
	autostrv char **scripts = NULL;
	struct err ignored;

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (tree_lkind(s->tree, links[i]) == S_IFLNK)
			return links[i];
	/* systemd, too, runs what has a link here and no unit of its own. */
	if (tree_list(s->tree, "/etc/rcS.d", &scripts, &ignored) == 0)
		for (char **name = scripts; *name; name++)
			if (**name == 'S' && str_ends_with(*name, "networking"))
				return "/etc/rcS.d";
	if (s->init == INIT_BUSYBOX) {
		autofree char *text = NULL;

		if (tree_read_optional(s->tree, "/etc/inittab", &text, &ignored) == 0 && text &&
		    strstr(text, "ifup"))
			return "/etc/inittab";
	}
	return NULL;
}

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	const char *ifup = find_ifup(s->tree), *enabler;

	if (!ifup)
		return CONSUMER_ABSENT;
	enabler = find_enabler(s);
	*ret_why = enabler ? xasprintf("%s is there, %s runs it", ifup, enabler)
			   : xasprintf("%s is there", ifup);
	return enabler ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

static unsigned choose_dialect(struct setup *s)
{
	const char *ifup = find_ifup(s->tree);
	unsigned dialect = 0;

	if (ifup && is_busybox(s->tree, ifup))
		dialect = INTERFACES_NETMASK | INTERFACES_NO_INET6_AUTO | INTERFACES_NO_INET6_LO;
	else if (s->family->needs_netmask && s->family->needs_netmask(s))
		dialect = INTERFACES_NETMASK;
	/*
	 * Under systemd "allow-hotplug" waits for udev, which does not run in a container; the init
	 * script of sysvinit brings such interfaces up itself.
	 */
	if (s->init == INIT_SYSVINIT)
		dialect |= INTERFACES_HOTPLUG_IS_AUTO;
	return dialect;
}

static void note_inet6(struct setup *s)
{
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (net->ip6.method == IP_DHCP || net->ip6.method == IP_AUTO)
			report_note(s->report, NOTE_WARNING, "network",
				    "give it a static address, or install ifupdown",
				    "busybox has no \"inet6 %s\"; %s gets what the kernel takes "
				    "from router advertisements",
				    net->ip6.method == IP_DHCP ? "dhcp" : "auto", net->name);
	}
}

static int render(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	unsigned dialect = choose_dialect(s);
	int n = tree_read_optional(s->tree, INTERFACES, &old, e);

	if (n < 0)
		return n;
	new = interfaces_edit(old, s->conf, dialect);
	if (!new)
		return 0;
	if (dialect & INTERFACES_NO_INET6_AUTO)
		note_inet6(s);
	n = tree_mkdir(s->tree, "/etc/network", 0755, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, INTERFACES, new, 0, ROOTFS_REPLACE_LINK, e);
}

const struct renderer renderer_ifupdown = {
	.name = "ifupdown",
	.stands_alone = true,
	.probe = probe,
	.render = render,
};
