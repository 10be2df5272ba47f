/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line: --name value, --name=value or -name value, before or after the positionals. */
#include <errno.h>
#include <string.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/util.h"
#include "pct/cmd.h"

/* How an option takes its value. */
enum takes { TAKES_NONE, TAKES_VALUE, TAKES_BOOL, TAKES_OPTIONAL };

static bool option_find(const struct command *command, const char *name, enum takes *ret)
{
	const struct conf_option *conf;

	for (const struct option_def *o = command->options; o->name; o++)
		if (str_eq(o->name, name)) {
			*ret = !o->arg ? TAKES_NONE :
			       str_eq(o->arg, "[0|1]") ? TAKES_BOOL :
			       o->arg[0] == '[' ? TAKES_OPTIONAL : TAKES_VALUE;
			return true;
		}
	conf = command->flags & CMD_CONF_OPTS ? conf_option_find(name) : NULL;
	if (!conf || conf->flags & CONF_OPT_INTERNAL)
		return false;
	*ret = conf->flags & CONF_OPT_BOOL ? TAKES_BOOL : TAKES_VALUE;
	return true;
}

static void option_add(struct args *args, const char *name, const char *value)
{
	args->options = xrealloc(args->options, args->n_options + 1, sizeof *args->options);
	args->options[args->n_options++] = (struct option){ xstrdup(name), xstrdup(value) };
}

/* Whether the next word is this option's value.  A boolean must not swallow a CTID. */
static bool takes_next(enum takes takes, const char *next)
{
	bool ignored;

	if (!next)
		return false;
	if (takes == TAKES_BOOL)
		return parse_bool(next, &ignored);
	return takes == TAKES_VALUE || (takes == TAKES_OPTIONAL && next[0] != '-');
}

/* One option at argv[*at]; moves *at past its value. */
static int take_option(const struct command *command, char *argv[], int *at, struct args *args,
		       struct err *e)
{
	const char *word = argv[*at] + (argv[*at][1] == '-' ? 2 : 1);
	const char *value = strchr(word, '=');
	autofree char *name = xstrndup(word, value ? (size_t)(value - word) : strlen(word));
	enum takes takes;

	if (!option_find(command, name, &takes)) {
		err_set(e, EINVAL, argv[*at], "pct %s has no such option", command->name);
		return err_remedy(e, "pct help %s lists them", command->name);
	}
	if (value)
		value++;
	else if (takes_next(takes, argv[*at + 1]))
		value = argv[++*at];
	else if (takes == TAKES_VALUE)
		return err_set(e, EINVAL, argv[*at], "needs a value");
	else
		value = takes == TAKES_OPTIONAL ? "" : "1";
	option_add(args, name, value);
	return 0;
}

static int take_ctid(const struct command *command, struct args *args, struct err *e)
{
	char **words = args->positional;

	if (!(command->flags & CMD_CTID))
		return 0;
	if (args->n_positional == 0) {
		if (command->flags & CMD_CTID_OPTIONAL)
			return 0;
		return err_set(e, EINVAL, NULL, "which container? Give its number");
	}
	if (!parse_ctid(words[0], &args->ctid))
		return err_set(e, EINVAL, words[0], "is not a container's number (100 to 999999999)");
	free(words[0]);
	memmove(words, words + 1, args->n_positional * sizeof *words);
	args->n_positional--;
	return 0;
}

static int check_count(const struct command *command, const struct args *args, struct err *e)
{
	if (args->n_positional < command->min_args)
		return err_set(e, EINVAL, NULL, "an argument is missing");
	if (args->n_positional > command->max_args && !(command->flags & CMD_RAW))
		return err_set(e, EINVAL, args->positional[command->max_args],
			       "is one argument too many");
	return 0;
}

int args_parse(const struct command *command, int argc, char *argv[], struct args *ret, struct err *e)
{
	bool raw = false;
	int r;

	ret->command = command->name;
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

int args_format(const struct args *args, enum format *ret, struct err *e)
{
	static const char *const names[] = { "text", "json", "json-pretty" };
	const char *value = args_option(args, "output-format");

	*ret = FORMAT_TEXT;
	for (size_t i = 0; value && i < ARRAY_SIZE(names); i++)
		if (str_eq(value, names[i])) {
			*ret = (enum format)i;
			return 0;
		}
	return !value ? 0 : err_set(e, EINVAL, "--output-format",
				    "not text, json or json-pretty: \"%s\"", value);
}
