/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Enables container-getty@.service for each terminal.  An old systemd without it gets
 * getty@.service with a drop-in, because that unit requires /dev/tty0, which containers lack.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"
#include "setup/step/getty.h"

#define UNITS "/etc/systemd/system"
#define WANTS UNITS "/getty.target.wants"
#define CONTAINER_GETTY "container-getty@.service"
#define GETTY "getty@.service"
#define DROP_IN UNITS "/getty@.service.d/pct.conf"
#define MADE_BY "# Made by pct from "

/*
 * Returns the packaged unit with ttyN instead of its terminals pts/%I or lxc/tty%I: LXC always has
 * ttyN, whatever lxc.tty.dir is.
 */
static char *convert_unit(const char *text)
{
	struct buf b = BUF_INIT;

	buf_clear(&b);
	while (*text) {
		const char *rest = str_after(text, "pts/%I");

		if (!rest)
			rest = str_after(text, "lxc/tty%I");
		if (rest) {
			buf_add(&b, "tty%I");
			text = rest;
		} else {
			buf_addc(&b, *text++);
		}
	}
	return buf_detach(&b);
}

/*
 * Writes a copy in /etc, because an upgrade would overwrite a change of the packaged unit.  A unit
 * of the administrator stays.  Does nothing if the packaged unit already fits.
 */
static int place_unit(struct setup *s, const char *packaged, struct err *e)
{
	const char *path = UNITS "/" CONTAINER_GETTY;
	autofree char *unit = NULL, *ours = NULL, *made = NULL, *text = NULL;
	int n = tree_read(s->tree, packaged, &unit, e);

	if (n < 0)
		return n;
	if (tree_lkind(s->tree, path) == S_IFREG)
		n = tree_read_optional(s->tree, path, &ours, e);
	if (n < 0)
		return n;
	if (tree_lkind(s->tree, path) && (!ours || !str_after(ours, MADE_BY)))
		return 0;
	made = convert_unit(unit);
	if (str_eq(made, unit))
		return ours ? tree_unlink(s->tree, path, 0, e) : 0;
	n = tree_mkdir(s->tree, UNITS, 0755, e);
	if (n < 0)
		return n;
	text = xasprintf(MADE_BY "%s; changes here are lost.\n%s", packaged, made);
	return tree_write(s->tree, path, text, 0, ROOTFS_KEEP_LINK, e);
}

static int place_drop_in(struct setup *s, const char *packaged, struct err *e)
{
	autofree char *unit = NULL;
	int n = tree_read(s->tree, packaged, &unit, e);

	if (n < 0)
		return n;
	n = tree_mkdir(s->tree, UNITS "/getty@.service.d", 0755, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, DROP_IN,
			  "# Made by pct: a container has no /dev/tty0.\n"
			  "[Unit]\nConditionPathExists=\nConditionPathExists=/dev/tty\n",
			  0, ROOTFS_KEEP_LINK, e);
}

/* Makes one link for each terminal, to the used unit, and removes links to the other one. */
static int place_links(struct setup *s, const char *packaged, bool container, struct err *e)
{
	int n = tree_mkdir(s->tree, WANTS, 0755, e);

	for (unsigned tty = 1; n == 0 && tty <= GETTY_MAX; tty++) {
		autofree char *ours = xasprintf(WANTS "/%s%u.service",
						container ? "container-getty@" : "getty@tty", tty);
		autofree char *other = xasprintf(WANTS "/%s%u.service",
						 container ? "getty@tty" : "container-getty@", tty);

		if (tree_lkind(s->tree, other) == S_IFLNK)
			n = tree_unlink(s->tree, other, 0, e);
		if (n < 0)
			return n;
		/* The target may be in either folder: systemd uses only the link's name. */
		if (tty > s->conf->tty)
			n = tree_unlink(s->tree, ours, 0, e);
		else if (tree_lkind(s->tree, ours) != S_IFLNK)
			n = tree_symlink(s->tree, packaged, ours, e);
	}
	return n;
}

static int unmask(struct setup *s, const char *path, struct err *e)
{
	autofree char *target = NULL;
	int n = 0;

	if (tree_lkind(s->tree, path) != S_IFLNK)
		return 0;
	n = tree_readlink(s->tree, path, &target, e);
	if (n < 0 || !str_eq(target, "/dev/null"))
		return n;
	return tree_unlink(s->tree, path, 0, e);
}

static char *find_unit(struct setup *s, const char *name)
{
	static const char *const dirs[] = { "/lib/systemd/system", "/usr/lib/systemd/system" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autofree char *path = xasprintf("%s/%s", dirs[i], name);

		if (tree_kind(s->tree, path) == S_IFREG)
			return steal(&path);
	}
	return NULL;
}

int getty_systemd(struct setup *s, struct err *e)
{
	autofree char *container = find_unit(s, CONTAINER_GETTY), *plain = find_unit(s, GETTY);
	int n = 0;

	if (!container && !plain)
		return 0;
	if (s->phase == PHASE_CREATE) {
		/* Templates mask these units.  A later mask is intended by the administrator. */
		n = unmask(s, UNITS "/getty.target", e);
		if (n == 0)
			n = unmask(s, container ? UNITS "/" CONTAINER_GETTY : UNITS "/" GETTY, e);
	}
	if (n == 0)
		n = container ? place_unit(s, container, e) : place_drop_in(s, plain, e);
	return n < 0 ? n : place_links(s, container ? container : plain, container != NULL, e);
}
