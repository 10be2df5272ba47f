/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct enter, exec and console */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/runtime.h"
#include "pct/cmd.h"
#include "pct/notes.h"

const struct option_def console_options[] = {
	{ "escape", "^LETTER", "Ctrl-LETTER q leaves the console (^a)" },
	{ 0 },
};

int cmd_enter(const struct args *args, struct err *e)
{
	int r = require_running(args->ctid, e);

	return r < 0 ? r : runtime_attach(args->ctid, NULL, e);
}

int cmd_exec(const struct args *args, struct err *e)
{
	int r = require_running(args->ctid, e);

	return r < 0 ? r : runtime_attach(args->ctid, args->positional, e);
}

static int take_escape(const struct args *args, char *ret, struct err *e)
{
	const char *text = args_option(args, "escape");
	const char *letter = text && text[0] == '^' ? text + 1 : text;

	if (!text)
		return 0;
	if (strlen(letter) != 1 || letter[0] < 'a' || letter[0] > 'z')
		return err_set(e, ERR_USAGE, "--escape", "not ^ and a letter from a to z: \"%s\"",
			       text);
	*ret = letter[0];
	return 0;
}

int cmd_console(const struct args *args, struct err *e)
{
	char escape = 'a';
	int r = take_escape(args, &escape, e);

	if (r == 0)
		r = require_running(args->ctid, e);
	if (r == 0 && !isatty(STDIN_FILENO)) {
		err_set(e, ENOTTY, "standard input", "is not a terminal");
		r = err_remedy(e, "use pct exec %u -- COMMAND in scripts", args->ctid);
	}
	return r < 0 ? r : runtime_console(args->ctid, -1, escape, e);
}
