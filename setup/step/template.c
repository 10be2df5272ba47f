/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapts a template once, at creation: securetty, locale, no failing mounts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"
#include "setup/text-lines.h"

#define UNITS "/etc/systemd/system"
#define LAST_AUDITOR 247 /* last version whose journal listens to kernel audit in containers, too */

/* securetty(5).  login(1) may also see the name of a terminal below lxc.tty.dir. */
static int edit_securetty(struct setup *s, struct err *e)
{
	static const char *const ttys[] = { "console", "tty1", "tty2", "tty3", "tty4",
					    "lxc/console", "lxc/tty1", "lxc/tty2", "lxc/tty3",
					    "lxc/tty4" };
	const char *path = "/etc/securetty";
	autofree char *old = NULL;
	autostrv char **lines = NULL;
	autobuf b = BUF_INIT;
	int n;

	if (tree_lkind(s->tree, path) != S_IFREG)
		return 0;
	n = tree_read(s->tree, path, &old, e);
	if (n < 0)
		return n;
	lines = strv_split(old, "\r\n");
	buf_add(&b, old);
	if (b.len && !str_ends_with(old, "\n"))
		buf_addc(&b, '\n');
	for (size_t i = 0; i < ARRAY_SIZE(ttys); i++)
		if (!strv_has(lines, ttys[i]))
			buf_addf(&b, "%s\n", ttys[i]);
	return tree_write(s->tree, path, buf_str(&b), 0, ROOTFS_KEEP_LINK, e);
}

/* Without a locale, systemd-firstboot(1) may ask for one on an unattended console. */
static int write_locale(struct setup *s, struct err *e)
{
	if (s->init != INIT_SYSTEMD || !s->family->locale_conf ||
	    tree_lkind(s->tree, "/etc/locale.conf"))
		return 0;
	return tree_write(s->tree, "/etc/locale.conf", "LANG=C.utf8\n", 0, ROOTFS_KEEP_LINK, e);
}

static int mask(struct setup *s, const char *const *units, struct err *e)
{
	int n = 0;

	for (const char *const *unit = units; n == 0 && unit && *unit; unit++) {
		autofree char *path = xasprintf(UNITS "/%s", *unit);

		n = tree_mkdir(s->tree, UNITS, 0755, e);
		if (n == 0 && tree_lkind(s->tree, path) == 0)
			n = tree_symlink(s->tree, "/dev/null", path, e);
	}
	return n;
}

/* Masks static units that the kernel refuses to a container; presets do not disable those. */
static int mask_units(struct setup *s, struct err *e)
{
	static const char *const mounts[] = { "sys-kernel-config.mount", "sys-kernel-debug.mount",
					      NULL };
	static const char *const audit[] = { "systemd-journald-audit.socket", NULL };
	unsigned version;
	int n;

	if (s->init != INIT_SYSTEMD)
		return 0;
	version = systemd_version(s->tree);
	n = mask(s, mounts, e);
	/* Newer versions detect a container by themselves. */
	if (n == 0 && version && version <= LAST_AUDITOR)
		n = mask(s, audit, e);
	return n == 0 ? mask(s, s->family->masks, e) : n;
}

/* Drops the line "127.0.1.1 LXC_NAME" of LXC's templates. */
static char *drop_lxc_name(const char *line, void *arg)
{
	const char *rest = str_after(line, "127.0.1.1");

	(void)arg;
	if (rest && (*rest == ' ' || *rest == '\t') &&
	    str_after(rest + strspn(rest, " \t"), "LXC_NAME"))
		return NULL;
	return xstrdup(line);
}

static int clean_hosts(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n = tree_read_optional(s->tree, "/etc/hosts", &old, e);

	if (n < 0 || !old || !strstr(old, "LXC_NAME"))
		return n;
	new = lines_edit(old, drop_lxc_name, NULL);
	return tree_write(s->tree, "/etc/hosts", new, 0, ROOTFS_REPLACE_LINK, e);
}

int step_template(struct setup *s, struct err *e)
{
	int n = edit_securetty(s, e);

	if (n == 0)
		n = write_locale(s, e);
	if (n == 0)
		n = mask_units(s, e);
	if (n == 0)
		n = clean_hosts(s, e);
	if (n == 0 && s->family->template_file)
		n = tree_unlink(s->tree, s->family->template_file, 0, e);
	if (n == 0 && s->family->fix_template)
		n = s->family->fix_template(s, e);
	return n;
}
