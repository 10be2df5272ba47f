/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs of upstart, init(5): Ubuntu up to 14.10 has a job for each terminal; Enterprise Linux 6 has
 * one job that is started for each terminal.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"
#include "setup/step/getty.h"
#include "setup/text-lines.h"

static int write_missing(struct setup *s, const char *path, const char *text, struct err *e)
{
	return tree_lkind(s->tree, path) ? 0
					 : tree_write(s->tree, path, text, 0, ROOTFS_KEEP_LINK, e);
}

static int place_jobs(struct setup *s, struct err *e)
{
	int n = 0;

	for (unsigned tty = 1; n == 0 && tty <= GETTY_MAX; tty++) {
		autofree char *path = xasprintf("/etc/init/tty%u.conf", tty);
		autofree char *text = xasprintf("# tty%u - made by pct\n\n"
						"start on stopped rc RUNLEVEL=[2345]\n"
						"stop on runlevel [!2345]\n\n"
						"respawn\n"
						"exec /sbin/getty -8 38400 tty%u\n", tty, tty);

		n = tty <= s->conf->tty ? write_missing(s, path, text, e)
					: tree_unlink(s->tree, path, 0, e);
	}
	return n;
}

/* mingetty(8) calls vhangup(2), which a container is not permitted to do. */
static char *no_hangup(const char *line, void *arg)
{
	const char *rest = str_after(line, "exec /sbin/mingetty");

	(void)arg;
	return rest && !strstr(rest, "--nohangup")
		       ? xasprintf("exec /sbin/mingetty --nohangup%s", rest)
		       : xstrdup(line);
}

static int edit_tty_job(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n;

	if (tree_lkind(s->tree, "/etc/init/tty.conf") != S_IFREG)
		return write_missing(s, "/etc/init/tty.conf",
				     "# tty - made by pct; start-ttys says for which TTY\n\n"
				     "stop on runlevel [S016]\n\n"
				     "respawn\n"
				     "instance $TTY\n"
				     "exec /sbin/mingetty --nohangup $TTY\n", e);
	n = tree_read(s->tree, "/etc/init/tty.conf", &old, e);
	if (n < 0)
		return n;
	new = lines_edit(old, no_hangup, NULL);
	return tree_write(s->tree, "/etc/init/tty.conf", new, 0, ROOTFS_KEEP_LINK, e);
}

static int place_el6_jobs(struct setup *s, struct err *e)
{
	int n = edit_tty_job(s, e);

	if (n < 0)
		return n;
	return write_missing(s, "/etc/init/start-ttys.conf",
			     "# start-ttys - made by pct\n\n"
			     "start on stopped rc RUNLEVEL=[2345]\n\n"
			     "env ACTIVE_CONSOLES=/dev/tty[1-6]\n"
			     "task\n"
			     "script\n"
			     "\tfor tty in $ACTIVE_CONSOLES; do\n"
			     "\t\tinitctl start tty TTY=$tty\n"
			     "\tdone\n"
			     "end script\n", e);
}

int getty_upstart(struct setup *s, struct err *e)
{
	return tree_is_exec(s->tree, "/sbin/mingetty") ? place_el6_jobs(s, e) : place_jobs(s, e);
}
