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

const struct option_def attach_options[] = {
	{ "user", "USER",
	  "A user of the container, by name or number, with its groups and home (root)" },
	{ "cwd", "FOLDER", "Folder of the container to run in (the user's home)" },
	{ "env", ARG_VARIABLE, "Set a variable; may be given several times" },
	{ 0 },
};
const struct option_def console_options[] = {
	{ "escape", "^LETTER", "Ctrl-LETTER q leaves the console (^a)" },
	{ 0 },
};

static int take_user(const char *user, struct err *e)
{
	if (user && (!*user || has_control(user) || strchr(user, ':')))
		return err_set(e, ERR_USAGE, "--user", "not the name of a user: \"%s\"", user);
	return 0;
}

static int take_cwd(const char *cwd, struct err *e)
{
	if (cwd && *cwd != '/')
		return err_set(e, ERR_USAGE, "--cwd", "not an absolute path: \"%s\"", cwd);
	return 0;
}

/* Takes each --env. */
static int take_env(const struct args *args, char ***ret, struct err *e)
{
	for (size_t i = 0; i < args->n_options; i++) {
		const char *value = args->options[i].value;

		if (!str_eq(args->options[i].name, "env"))
			continue;
		if (*value == '=' || !strchr(value, '='))
			return err_set(e, ERR_USAGE, "--env", "not NAME=VALUE: \"%s\"", value);
		strv_push(ret, value);
	}
	return 0;
}

static int attach(const struct args *args, char *const argv[], struct err *e)
{
	autostrv char **env = NULL;
	struct attach attach = { .argv = argv,
				 .user = args_option(args, "user"),
				 .cwd = args_option(args, "cwd") };
	int r = take_user(attach.user, e);

	if (r == 0)
		r = take_cwd(attach.cwd, e);
	if (r == 0)
		r = take_env(args, &env, e);
	if (r == 0)
		r = require_running(args->ctid, e);
	attach.env = env;
	return r < 0 ? r : runtime_attach(args->ctid, &attach, e);
}

int cmd_enter(const struct args *args, struct err *e)
{
	return attach(args, NULL, e);
}

int cmd_exec(const struct args *args, struct err *e)
{
	return attach(args, args->positional, e);
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
