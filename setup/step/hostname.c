/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes the host name to all files of the distribution.  /etc/hostname, hostname(5), gets the
 * short name, except on Red Hat's families, as in Proxmox VE.  Other files are written if they
 * exist.  .pve-ignore.hostname in /etc covers all of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/name-check.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/family/family.h"
#include "setup/step.h"
#include "setup/text-lines.h"

char *hostname_short(const struct setup *s, char **ret_full)
{
	const struct conf *conf = s->conf;

	if (conf->hostname && *conf->hostname)
		*ret_full = xstrdup(conf->hostname);
	else if (conf->ctid)
		*ret_full = xasprintf("CT%u", conf->ctid);
	else
		*ret_full = xstrdup("localhost");
	return xstrndup(*ret_full, strcspn(*ret_full, "."));
}

char *hostname_for_dhcp(const struct setup *s)
{
	autofree char *full = NULL, *name = hostname_short(s, &full);

	if (tree_is_ignored(s->tree, HOSTNAME) || name_check(full, NAME_HOST, NULL) < 0 ||
	    str_eq(name, "localhost"))
		return NULL;
	return steal(&name);
}

struct name {
	const char *full, *name; /* web.example.org, web */
	bool done, in_system;    /* state of edit_uci_line() */
};

/* OpenRC's script uses this file if there is no /etc/hostname. */
static char *edit_conf_d(const char *old, struct name *name)
{
	autofree char *value = xasprintf("\"%s\"", name->name);

	return lines_assign(old, "hostname", value);
}

/* Enterprise Linux 6 and older; SUSE has a folder of the same name. */
static char *edit_sysconfig(const char *old, struct name *name)
{
	return lines_assign(old, "HOSTNAME", name->full);
}

/* SUSE before systemd, and Slackware. */
static char *edit_upper(const char *old, struct name *name)
{
	(void)old;
	return xasprintf("%s\n", name->full);
}

/* Edits a line of UCI: changes the first "option hostname" of a section "config system". */
static char *edit_uci_line(const char *line, void *arg)
{
	struct name *name = arg;
	autostrv char **word = strv_split(line, " \t\r'\"");
	bool first = word[0] && !name->done;

	if (first && str_eq(word[0], "config"))
		name->in_system = str_eq(word[1], "system");
	if (!first || !name->in_system || !str_eq(word[0], "option") || !word[1] ||
	    !str_eq(word[1], "hostname"))
		return xstrdup(line);
	name->done = true;
	return xasprintf("\toption hostname '%s'", name->name);
}

static char *edit_uci(const char *old, struct name *name)
{
	return lines_edit(old, edit_uci_line, name);
}

static const struct {
	const char *path;
	char *(*edit)(const char *old, struct name *name);
} places[] = {
	{ "/etc/conf.d/hostname", edit_conf_d },
	{ "/etc/sysconfig/network", edit_sysconfig },
	{ "/etc/HOSTNAME", edit_upper },
	{ "/etc/config/system", edit_uci },
};

static int write_places(struct setup *s, struct name *name, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		autofree char *old = NULL, *new = NULL;
		int n;

		if (tree_lkind(s->tree, places[i].path) != S_IFREG)
			continue;
		n = tree_read(s->tree, places[i].path, &old, e);
		if (n < 0)
			return n;
		new = places[i].edit(old, name);
		n = tree_write(s->tree, places[i].path, new, 0, ROOTFS_KEEP_LINK, e);
		if (n < 0)
			return n;
	}
	return 0;
}

int step_hostname(struct setup *s, struct err *e)
{
	autofree char *full = NULL, *name = hostname_short(s, &full), *text = NULL;
	struct name names = { .full = full, .name = name };
	int n;

	if (name_check(full, NAME_HOST, NULL) < 0)
		return err_set(e, EINVAL, "hostname", "\"%s\" is not a host name", full);
	text = xasprintf("%s\n", s->family->full_hostname ? full : name);
	n = tree_write(s->tree, HOSTNAME, text, 0, ROOTFS_REPLACE_LINK, e);
	if (n < 0 || tree_is_ignored(s->tree, HOSTNAME))
		return n;
	if (s->init != INIT_BUSYBOX && s->init != INIT_UNKNOWN)
		s->report->hostname = xstrdup(s->family->full_hostname ? full : name);
	return write_places(s, &names, e);
}
