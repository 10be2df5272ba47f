/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/udev-calls.h"

#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/managed.h"
#include "setup/services.h"
#include "setup/step.h"

#define UNIT "netplan-configure.service"
/* The first one by name: drop-ins of the administrator add to it or replace it. */
#define DROP_IN "/etc/systemd/system/" UNIT ".d/00-pct.conf"
#define KEY "ExecStartPost="

/* Whether it is a call of udevadm whose failure counts. */
static bool is_strict_call(const char *command)
{
	autofree char *program = xstrndup(command, strcspn(command, " "));

	return *program != '-' && str_ends_with(program, "udevadm");
}

/* The unit's commands anew, with "-" before calls of udevadm; NULL: none needs it. */
static char *make_drop_in(const char *unit)
{
	autostrv char **lines = strv_split(unit, "\n");
	autobuf b = BUF_INIT;
	bool is_needed = false, continued = false;

	buf_add(&b, "# Written by pct: udev, which the unit calls, may not run in a container.\n"
		    "[Service]\n" KEY "\n");
	for (char **line = lines; line && *line; line++) {
		const char *command = str_after(*line, KEY);
		bool strict = command && is_strict_call(command);

		if (command)
			buf_addf(&b, KEY "%s%s\n", strict ? "-" : "", command);
		else if (continued)
			buf_addf(&b, "%s\n", *line);
		is_needed |= strict;
		continued = (command || continued) && str_ends_with(*line, "\\");
	}
	return is_needed ? buf_detach(&b) : NULL;
}

int udev_calls_allow_failure(struct setup *s, struct err *e)
{
	autofree char *unit = NULL, *text = NULL;

	if (s->init != INIT_SYSTEMD || service_unit(s, UNIT) != SERVICE_ENABLED)
		return 0;
	unit = service_unit_text(s, UNIT);
	text = unit ? make_drop_in(unit) : NULL;
	if (!text)
		return 0;
	if (tree_lkind(s->tree, DROP_IN) == 0 && !tree_is_ignored(s->tree, DROP_IN))
		report_note(s->report, NOTE_INFO, "network", NULL,
			    UNIT " calls udev, which may not run in a container; with " DROP_IN
			    " the unit does not fail then");
	return managed_write(s, DROP_IN, text, 0, e);
}
