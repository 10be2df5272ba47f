/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A login prompt on each of the container's terminals, told to the init system that is there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "setup/step.h"

#define MAX_LINKS 6 /* ttys whose links are ours to remove, as the predecessor has it */
#define UNITS "/etc/systemd/system"
#define WANTS UNITS "/getty.target.wants"
#define UNIT "container-getty@.service"
#define MADE_BY "# Made by pct from "

/* ---- systemd ---- */

/*
 * The packaged unit with its terminals, pts/%I or lxc/tty%I, as ttyN: LXC has them at that name
 * wherever else lxc.tty.dir says, too.
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
 * Our copy stands before the packaged unit, which an upgrade would write again.  One that the
 * administrator wrote stays.  Nothing is needed where the packaged one fits already.
 */
static int place_unit(struct setup *s, const char *packaged, struct err *e)
{
	autofree char *unit = NULL, *ours = NULL, *made = NULL, *text = NULL;
	int n = tree_read(s->tree, packaged, &unit, e);

	if (n == 0)
		n = tree_read_optional(s->tree, UNITS "/" UNIT, &ours, e);
	if (n < 0)
		return n;
	if (tree_lkind(s->tree, UNITS "/" UNIT) && (!ours || !str_after(ours, MADE_BY)))
		return 0;
	made = convert_unit(unit);
	if (str_eq(made, unit))
		return tree_unlink(s->tree, UNITS "/" UNIT, 0, e);
	text = xasprintf(MADE_BY "%s; changes here are lost.\n%s", packaged, made);
	return tree_write(s->tree, UNITS "/" UNIT, text, 0, ROOTFS_KEEP_LINK, e);
}

static int place_link(struct setup *s, unsigned tty, const char *packaged, struct err *e)
{
	autofree char *container = xasprintf(WANTS "/container-getty@%u.service", tty);
	autofree char *plain = xasprintf(WANTS "/getty@tty%u.service", tty);
	int n = 0;

	if (tree_lkind(s->tree, plain) == S_IFLNK)
		n = tree_unlink(s->tree, plain, 0, e);
	if (n < 0)
		return n;
	if (tty > s->conf->tty)
		return tree_unlink(s->tree, container, 0, e);
	/* Either place of the template will do: systemd looks at the link's name. */
	if (tree_lkind(s->tree, container) == S_IFLNK)
		return 0;
	return tree_symlink(s->tree, packaged, container, e);
}

static int setup_systemd(struct setup *s, struct err *e)
{
	const char *packaged = "/lib/systemd/system/" UNIT;
	int n;

	if (tree_kind(s->tree, packaged) != S_IFREG)
		packaged = "/usr/lib/systemd/system/" UNIT;
	if (tree_kind(s->tree, packaged) != S_IFREG)
		return 0;
	if (s->phase == PHASE_CREATE && tree_lkind(s->tree, UNITS "/getty.target") == S_IFLNK) {
		/* Templates mask it; an administrator who does so later means it. */
		n = tree_unlink(s->tree, UNITS "/getty.target", 0, e);
		if (n < 0)
			return n;
	}
	n = tree_mkdir(s->tree, WANTS, 0755, e);
	if (n == 0)
		n = place_unit(s, packaged, e);
	for (unsigned tty = 1; n == 0 && tty <= MAX_LINKS; tty++)
		n = place_link(s, tty, packaged, e);
	return n;
}

/* ---- inittab(5) ---- */

/* "ID:LEVELS:ACTION:COMMAND": the four fields, cut out of a copy. */
static bool split_entry(char *line, char *field[4])
{
	for (unsigned i = 0; i < 4; i++) {
		field[i] = line;
		if (i == 3)
			return true;
		line = strchr(line, ':');
		if (!line)
			return false;
		*line++ = '\0';
	}
	return true;
}

/* sysvinit: the gettys of numbered terminals, and what happens when the power fails. */
static bool sysv_is_ours(const char *line, unsigned ttys)
{
	autofree char *copy = xstrdup(line + strspn(line, " \t"));
	char *field[4];

	(void)ttys;
	if (!split_entry(copy, field))
		return false;
	if (field[0][0] == 'p' && strchr("fno0", field[0][1]) && field[0][1] && !field[0][2])
		return true;
	return field[0][0] && strspn(field[0], "0123456789") == strlen(field[0]) &&
	       strspn(field[1], "0123456789") == strlen(field[1]) && strstr(field[3], "getty");
}

static void sysv_add(struct buf *b, const char *kept, unsigned ttys)
{
	(void)kept;
	buf_add(b, "p0::powerfail:/sbin/init 0\n");
	for (unsigned i = 1; i <= ttys; i++)
		if (i != 7) /* the predecessor leaves it to X */
			buf_addf(b, "%u:%s:respawn:/sbin/getty --noclear 38400 tty%u\n", i,
				 i == 1 ? "2345" : "23", i);
}

/* busybox: the terminal stands in front.  What the template has for one that exists stays. */
static bool busybox_is_ours(const char *line, unsigned ttys)
{
	const char *tty = str_after(line, "tty");
	size_t digits = tty ? strspn(tty, "0123456789") : 0;

	return digits && digits < 6 && tty[digits] == ':' && strstr(tty, "getty") &&
	       strtoul(tty, NULL, 10) > ttys;
}

static bool has_entry(const char *text, const char *begin)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (str_after(line, begin))
			return true;
	}
	return false;
}

static void busybox_add(struct buf *b, const char *kept, unsigned ttys)
{
	for (unsigned i = 1; i <= ttys; i++) {
		autofree char *begin = xasprintf("tty%u:", i);

		if (!has_entry(kept, begin))
			buf_addf(b, "tty%u::respawn:/sbin/getty 38400 tty%u\n", i, i);
	}
}

static int edit_inittab(struct setup *s, bool (*is_ours)(const char *, unsigned),
			void (*add)(struct buf *, const char *, unsigned), struct err *e)
{
	autofree char *old = NULL, *kept_copy = NULL;
	autostrv char **lines = NULL;
	autobuf b = BUF_INIT;
	int n;

	if (tree_lkind(s->tree, "/etc/inittab") != S_IFREG)
		return 0;
	n = tree_read(s->tree, "/etc/inittab", &old, e);
	if (n < 0)
		return n;
	for (const char *line = old; *line;) {
		size_t len = strcspn(line, "\n");
		autofree char *copy = xstrndup(line, len);

		if (!is_ours(copy, s->conf->tty))
			buf_addf(&b, "%s\n", copy);
		line += len + (line[len] == '\n');
	}
	while (b.len > 1 && b.s[b.len - 1] == '\n' && b.s[b.len - 2] == '\n')
		b.s[--b.len] = '\0';
	kept_copy = xstrdup(buf_str(&b));
	add(&b, kept_copy, s->conf->tty);
	return tree_write(s->tree, "/etc/inittab", buf_str(&b), 0, ROOTFS_KEEP_LINK, e);
}

int step_getty(struct setup *s, struct err *e)
{
	switch (s->init) {
	case INIT_SYSTEMD:
		return setup_systemd(s, e);
	case INIT_SYSVINIT:
		return edit_inittab(s, sysv_is_ours, sysv_add, e);
	case INIT_BUSYBOX:
		return edit_inittab(s, busybox_is_ours, busybox_add, e);
	default:
		break;
	}
	return 0;
}
