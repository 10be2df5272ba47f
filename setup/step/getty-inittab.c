/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inittab(5), in the dialects of sysvinit, busybox and OpenWrt's procd. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/program.h"
#include "setup/step.h"
#include "setup/step/getty.h"
#include "setup/text-lines.h"

#define INITTAB "/etc/inittab"
#define DIGITS "0123456789"

/* Splits "ID:LEVELS:ACTION:COMMAND" in place. */
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

/*
 * sysvinit: the gettys of numbered terminals (Gentoo: c1, c2 ...), and the action on a power
 * failure, whose signal LXC sends for a shutdown.
 */
static bool sysv_is_ours(const char *line, unsigned ttys)
{
	autofree char *copy = xstrdup(line + strspn(line, " \t"));
	char *field[4], *id;

	(void)ttys;
	if (!split_entry(copy, field))
		return false;
	id = field[0];
	if (id[0] == 'p' && id[1] && strchr("fno0", id[1]) && !id[2])
		return true;
	id += id[0] == 'c';
	return *id && !id[strspn(id, DIGITS)] && !field[1][strspn(field[1], DIGITS)] &&
	       strstr(field[3], "getty");
}

/* Up to Debian 6, getty has no --noclear, and does not run with it. */
static const char *noclear(struct tree *t)
{
	static const char *const mark = "noclear";

	return program_find_mark(t, "/sbin/getty", &mark, 1) == 0 ? "--noclear " : "";
}

static void sysv_add(const struct setup *s, struct buf *b, const char *kept)
{
	bool agetty = !tree_is_exec(s->tree, "/sbin/getty") &&
		      tree_is_exec(s->tree, "/sbin/agetty");
	const char *option = agetty ? "" : noclear(s->tree);

	(void)kept;
	buf_add(b, "p0::powerfail:/sbin/init 0\n");
	for (unsigned i = 1; i <= s->conf->tty; i++)
		if (agetty)
			buf_addf(b, "%u::respawn:/sbin/agetty 38400 tty%u\n", i, i);
		else if (i != 7) /* Proxmox VE leaves tty7 to X */
			buf_addf(b, "%u:%s:respawn:/sbin/getty %s38400 tty%u\n", i,
				 i == 1 ? "2345" : "23", option, i);
}

/* Other dialects: a line begins with its terminal.  Lines of existing terminals stay. */
static bool tty_is_gone(const char *line, unsigned ttys)
{
	const char *tty = str_after(line, "tty");
	size_t digits = tty ? strspn(tty, DIGITS) : 0;

	return digits && digits < 6 && tty[digits] == ':' &&
	       (strstr(tty, "getty") || strstr(tty, "askfirst")) && strtoul(tty, NULL, 10) > ttys;
}

static void add_for_each_tty(const struct setup *s, struct buf *b, const char *kept,
			     const char *entry, bool name_at_end)
{
	for (unsigned i = 1; i <= s->conf->tty; i++) {
		autofree char *begin = xasprintf("tty%u:", i);

		if (lines_have(kept, begin))
			continue;
		buf_addf(b, "%s%s", begin, entry);
		if (name_at_end)
			buf_addf(b, " tty%u", i);
		buf_addc(b, '\n');
	}
}

static void busybox_add(const struct setup *s, struct buf *b, const char *kept)
{
	add_for_each_tty(s, b, kept, ":respawn:/sbin/getty 38400", true);
}

static void procd_add(const struct setup *s, struct buf *b, const char *kept)
{
	bool login = tree_is_exec(s->tree, "/usr/libexec/login.sh");

	add_for_each_tty(s, b, kept, login ? ":askfirst:/usr/libexec/login.sh"
					   : ":askfirst:/bin/ash --login", false);
}

static const struct dialect {
	enum init_kind init;
	bool (*is_ours)(const char *line, unsigned ttys); /* whether to drop the line */
	void (*add)(const struct setup *s, struct buf *b, const char *kept);
} dialects[] = {
	{ INIT_SYSVINIT, sysv_is_ours, sysv_add },
	{ INIT_BUSYBOX, tty_is_gone, busybox_add },
	{ INIT_PROCD, tty_is_gone, procd_add },
};

static char *make_inittab(const struct setup *s, const struct dialect *d, const char *old)
{
	autofree char *kept = NULL;
	struct buf b = BUF_INIT;

	buf_clear(&b);
	for (const char *line = old; *line;) {
		size_t len = strcspn(line, "\n");
		autofree char *copy = xstrndup(line, len);

		if (!d->is_ours(copy, s->conf->tty))
			buf_addf(&b, "%s\n", copy);
		line += len + (line[len] == '\n');
	}
	while (b.len > 1 && b.s[b.len - 1] == '\n' && b.s[b.len - 2] == '\n')
		b.s[--b.len] = '\0';
	kept = xstrdup(buf_str(&b));
	d->add(s, &b, kept);
	return buf_detach(&b);
}

int getty_inittab(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	const struct dialect *d = dialects;
	int n;

	if (tree_lkind(s->tree, INITTAB) != S_IFREG)
		return 0;
	n = tree_read(s->tree, INITTAB, &old, e);
	if (n < 0)
		return n;
	while (d->init != s->init)
		d++;
	new = make_inittab(s, d, old);
	return tree_write(s->tree, INITTAB, new, 0, ROOTFS_KEEP_LINK, e);
}
