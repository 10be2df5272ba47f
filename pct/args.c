/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line: --name value, --name=value or -name value, before or after the positionals. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/cmd.h"

/* How an option takes its value. */
enum takes { TAKES_NONE, TAKES_VALUE, TAKES_BOOL, TAKES_OPTIONAL, TAKES_WORD };

static enum takes takes_what(const char *arg)
{
	if (!arg)
		return TAKES_NONE;
	if (str_eq(arg, "[0|1]"))
		return TAKES_BOOL;
	if (arg[0] == '[')
		return TAKES_OPTIONAL;
	return strchr(arg, '|') ? TAKES_WORD : TAKES_VALUE;
}

static bool option_find(const struct command *command, const char *name, enum takes *ret_takes,
			const char **ret_arg)
{
	const struct conf_option *conf;

	for (const struct option_def *o = command->options; o->name; o++)
		if (str_eq(o->name, name)) {
			*ret_takes = takes_what(o->arg);
			*ret_arg = o->arg;
			return true;
		}
	conf = command->flags & CMD_CONF_OPTS ? conf_option_find(name) : NULL;
	if (!conf || conf->flags & CONF_OPT_INTERNAL)
		return false;
	*ret_takes = conf->flags & CONF_OPT_BOOL ? TAKES_BOOL : TAKES_VALUE;
	*ret_arg = conf->arg;
	return true;
}

static bool is_one_of(const char *words, const char *value)
{
	autostrv char **v = strv_split(words, "|");

	return strv_has(v, value);
}

static void option_add(struct args *args, const char *name, const char *value)
{
	args->options = xrealloc(args->options, args->n_options + 1, sizeof *args->options);
	args->options[args->n_options++] = (struct option){ xstrdup(name), xstrdup(value) };
}

/* Whether the next word is this option's value.  A boolean must not swallow a CTID. */
static bool takes_next(enum takes takes, const char *arg, const char *next)
{
	bool ignored;

	if (!next)
		return false;
	if (takes == TAKES_BOOL)
		return parse_bool(next, &ignored);
	if (takes == TAKES_OPTIONAL)
		return next[0] != '-' || (str_eq(arg, ARG_SECRET) && str_eq(next, "-"));
	return takes == TAKES_VALUE || takes == TAKES_WORD;
}

/* ps(1) shows everybody what is in argv[]. */
static void hide(const char *arg, char *value)
{
	if (str_eq(arg, ARG_SECRET) && !str_eq(value, "-"))
		explicit_bzero(value, strlen(value));
}

/* One option at argv[*at]; moves *at past its value. */
static int take_option(const struct command *command, char *argv[], int *at, struct args *args,
		       struct err *e)
{
	char *word = argv[*at] + (argv[*at][1] == '-' ? 2 : 1);
	char *given = strchr(word, '=');
	autofree char *name = xstrndup(word, given ? (size_t)(given - word) : strlen(word));
	const char *arg, *option = argv[*at], *value;
	enum takes takes;

	if (!option_find(command, name, &takes, &arg)) {
		err_set(e, ERR_USAGE, argv[*at], "pct %s has no such option", command->name);
		return err_remedy(e, "pct help %s lists them", command->name);
	}
	if (given)
		given++;
	else if (takes_next(takes, arg, argv[*at + 1]))
		given = argv[++*at];
	else if (takes == TAKES_VALUE || takes == TAKES_WORD)
		return err_set(e, ERR_USAGE, option, "needs a value");
	value = given ? given : takes == TAKES_OPTIONAL ? "" : "1";
	if (takes == TAKES_WORD && !is_one_of(arg, value))
		return err_set(e, ERR_USAGE, option, "not one of %s: \"%s\"", arg, value);
	option_add(args, name, value);
	if (given)
		hide(arg, given);
	return 0;
}

int args_look(const struct command *command, const char *word, const char **ret_arg)
{
	const char *start = word + strspn(word, "-"), *equals = strchr(start, '=');
	autofree char *name = xstrndup(start, strcspn(start, "="));
	enum takes takes;

	if (start == word || !option_find(command, name, &takes, ret_arg))
		return 0;
	return !equals && takes != TAKES_NONE && takes != TAKES_BOOL ? 2 : 1;
}

static int take_ctid(const struct command *command, struct args *args, struct err *e)
{
	char **words = args->positional;

	if (!(command->flags & CMD_CTID))
		return 0;
	if (args->n_positional == 0) {
		if (command->flags & CMD_CTID_OPTIONAL)
			return 0;
		return args_usage(args, e, "CTID is missing");
	}
	if (!parse_ctid(words[0], &args->ctid))
		return err_set(e, ERR_USAGE, words[0],
			       "is not a container's number (100 to 999999999)");
	free(words[0]);
	memmove(words, words + 1, args->n_positional * sizeof *words);
	args->n_positional--;
	return 0;
}

static int check_count(const struct command *command, const struct args *args, struct err *e)
{
	if (args->n_positional < command->min_args)
		return args_usage(args, e, "an argument is missing");
	if (args->n_positional > command->max_args && !(command->flags & CMD_RAW))
		return err_set(e, ERR_USAGE, args->positional[command->max_args],
			       "is one argument too many");
	return 0;
}

int args_parse(const struct command *command, int argc, char *argv[], struct args *ret,
	       struct err *e)
{
	bool raw = false;
	int r;

	ret->command = command;
	for (int i = 1; i < argc; i++) {
		if (!raw && str_eq(argv[i], "--")) {
			raw = true;
			continue;
		}
		if (!raw && argv[i][0] == '-' && argv[i][1] != '\0') {
			r = take_option(command, argv, &i, ret, e);
			if (r < 0)
				return r;
			continue;
		}
		strv_push(&ret->positional, argv[i]);
		ret->n_positional++;
		/* exec: from the command on, every word is the command's. */
		if (command->flags & CMD_RAW && ret->n_positional == 2)
			raw = true;
	}
	r = take_ctid(command, ret, e);
	return r < 0 ? r : check_count(command, ret, e);
}

void args_done(struct args *args)
{
	for (size_t i = 0; i < args->n_options; i++) {
		free((char *)args->options[i].name);
		/* One of these may be a password. */
		explicit_bzero((char *)args->options[i].value, strlen(args->options[i].value));
		free((char *)args->options[i].value);
	}
	free(args->options);
	strv_free(args->positional);
	*args = (struct args){ 0 };
}

int args_usage(const struct args *args, struct err *e, const char *fmt, ...)
{
	const struct command *c = args->command;
	char cause[sizeof e->cause];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cause, sizeof cause, fmt, ap);
	va_end(ap);
	err_set(e, ERR_USAGE, NULL, "%s", cause);
	return err_remedy(e, "usage: pct %s%s%s", c->name, *c->synopsis ? " " : "", c->synopsis);
}

int args_blame(int r, struct err *e)
{
	if (r != -EINVAL)
		return r;
	e->num = ERR_USAGE;
	return -ERR_USAGE;
}

const char *args_option(const struct args *args, const char *name)
{
	for (size_t i = args->n_options; i-- > 0;)
		if (str_eq(args->options[i].name, name))
			return args->options[i].value;
	return NULL;
}

bool args_flag(const struct args *args, const char *name)
{
	const char *value = args_option(args, name);
	bool flag = false;

	return value && (*value == '\0' || (parse_bool(value, &flag) && flag));
}

int need_root(const char *what, struct err *e)
{
	if (geteuid() == 0)
		return 0;
	err_set(e, EPERM, what, "needs root");
	return err_remedy(e, "run it with sudo");
}

enum format args_format(const struct args *args)
{
	const char *value = args_option(args, "output-format");

	if (!value || str_eq(value, "text"))
		return FORMAT_TEXT;
	return str_eq(value, "json") ? FORMAT_JSON : FORMAT_JSON_PRETTY;
}

int args_check_swap(const struct args *args, const struct conf_file *f, struct err *e)
{
	const char *swap = args_option(args, "swap");

	if (!swap || str_eq(swap, "0") || conf_values(f)->memory)
		return 0;
	/* Without --memory it is the config that has no limit. */
	err_set(e, args_option(args, "memory") ? ERR_USAGE : EINVAL, "swap",
		"there is no memory limit that it could be added to");
	return err_remedy(e, "give --memory as well");
}
