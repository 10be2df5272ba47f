/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes the key of Debian's self-signed certificate (ssl-cert), which everyone with the template
 * knows.  The container generates a new one at boot before other services start.
 */
#include <errno.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"

#define KEY "/etc/ssl/private/ssl-cert-snakeoil.key"
#define MAKER "/usr/sbin/make-ssl-cert"
#define UNITS "/etc/systemd/system"
#define UNIT "pct-snakeoil.service"

static const char unit[] =
	"# Made by pct: the template's key was removed.\n"
	"[Unit]\n"
	"Description=Make the self-signed certificate of this container\n"
	"ConditionPathExists=!" KEY "\n"
	"DefaultDependencies=no\n"
	"After=sysinit.target\n"
	"Before=basic.target\n\n"
	"[Service]\n"
	"Type=oneshot\n"
	"ExecStart=" MAKER " generate-default-snakeoil --force-overwrite\n";

static int place_unit(struct setup *s, struct err *e)
{
	int n = tree_mkdir(s->tree, UNITS "/basic.target.wants", 0755, e);

	if (n == 0)
		n = tree_write(s->tree, UNITS "/" UNIT, unit, 0, ROOTFS_REPLACE_LINK, e);
	if (n < 0)
		return n;
	return tree_symlink(s->tree, UNITS "/" UNIT, UNITS "/basic.target.wants/" UNIT, e);
}

int step_snakeoil(struct setup *s, struct err *e)
{
	int n = 0;

	if (tree_kind(s->tree, KEY) != S_IFREG)
		return 0;
	if (s->init == INIT_SYSTEMD && tree_is_exec(s->tree, MAKER))
		n = place_unit(s, e);
	else
		report_note(s->report, NOTE_WARNING, "snakeoil",
			    "run `make-ssl-cert generate-default-snakeoil --force-overwrite` "
			    "in the container",
			    "all containers of the template have the same self-signed certificate; "
			    "its key was removed");
	return n < 0 ? n : tree_unlink(s->tree, KEY, TREE_SECRET, e);
}
