/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses the command line: --name value, --name=value or -name value, anywhere. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/suggest.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/cmd.h"
#include "pct/synopsis.h"

/* How an option takes its value. */
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum takes { TAKES_NONE, TAKES_VALUE, TAKES_BOOL, TAKES_OPTIONAL, TAKES_WORD };

static enum takes takes_what(const char *arg)
{
	if (!arg)
		return TAKES_NONE;
	if (str_eq(arg, "[0|1]"))
		return TAKES_BOOL;
	if (arg[0] == '[')
		return TAKES_OPTIONAL;
	/* "0|1|DIR" stands for more than these words. */
	return strchr(arg, '|') && !strpbrk(arg, CAPITALS) ? TAKES_WORD : TAKES_VALUE;
}

bool command_takes(const struct command *command, const struct conf_option *o)
{
	if (o->flags & (CONF_OPT_INTERNAL | CONF_OPT_DELETE))
		return false;
	return command->flags & CMD_CONTAINER_OPTIONS ||
	       (command->flags & CMD_SETUP_OPTIONS && o->flags & CONF_OPT_SETUP);
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
	conf = conf_option_find(name);
	if (!conf || !command_takes(command, conf))
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

/* May be given with several values, which are all used. */
static bool takes_several(const char *arg)
{
	return str_eq(arg, ARG_OPTIONS) || str_eq(arg, ARG_VARIABLE);
}

/* Of others, one of two values would be lost, so only the same value may be given again. */
static int option_add(struct args *args, const char *name, const char *arg, const char *value,
		      struct err *e)
{
	const char *before = args_option(args, name);

	if (before && !str_eq(before, value) && !takes_several(arg)) {
		autofree char *option = xasprintf("--%s", name);

		return err_set(e, ERR_USAGE, option, "is given twice, with different values");
	}
	args->options = xrealloc(args->options, args->n_options + 1, sizeof *args->options);
	args->options[args->n_options++] = (struct option){ xstrdup(name), xstrdup(value) };
	return 0;
}

/* Whether the next word is the value of this option.  A CTID after a boolean option is not. */
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

/* Wipes a secret from argv[], which ps(1) shows to all users. */
static void hide(const char *arg, char *value)
{
	if (str_eq(arg, ARG_SECRET) && !str_eq(value, "-"))
		explicit_bzero(value, strlen(value));
}

/* Parses the option at argv[*at]; moves *at to its last word. */
static int take_option(const struct command *command, char *argv[], int *at, struct args *args,
		       struct err *e)
{
	char *word = argv[*at] + (argv[*at][1] == '-' ? 2 : 1);
	char *given = strchr(word, '=');
	autofree char *name = xstrndup(word, given ? (size_t)(given - word) : strlen(word));
	const char *arg, *value;
	autofree char *option = xasprintf("--%s", name);
	enum takes takes;
	bool ignored, foreign = !option_find(command, name, &takes, &arg);
	int r;

	if (foreign) {
		arg = pve_option_arg(command, name);
		if (!arg)
			return option_unknown(command, name, e);
		takes = takes_what(arg);
	}
	if (given)
		given++;
	else if (takes_next(takes, arg, argv[*at + 1]))
		given = argv[++*at];
	else if (takes == TAKES_VALUE || takes == TAKES_WORD)
		return err_set(e, ERR_USAGE, option, "the value is missing: %s", arg);
	value = given ? given : takes == TAKES_OPTIONAL ? "" : "1";
	if ((takes == TAKES_BOOL || takes == TAKES_NONE) && !parse_bool(value, &ignored))
		return err_set(e, ERR_USAGE, option, "is not 0 or 1: \"%s\"", value);
	if (takes == TAKES_WORD && !is_one_of(arg, value))
		return err_set(e, ERR_USAGE, option, "not one of %s: \"%s\"", arg, value);
	if (foreign)
		return pve_option_check(command, name, value, e);
	r = option_add(args, name, arg, value, e);
	if (given)
		hide(arg, given);
	return r;
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

/* "list, build or check" */
static char *either(char *const *words)
{
	size_t n = strv_len(words);
	autobuf text = BUF_INIT;

	for (size_t i = 0; words && i < n; i++)
		buf_addf(&text, "%s%.*s", i == 0 ? "" : i + 1 < n ? ", " : " or ",
			 (int)strcspn(words[i], "."), words[i]);
	return buf_detach(&text);
}

static int refuse_word(const struct args *args, const char *given, char *const *words,
		       struct err *e)
{
	struct suggestion s = { .given = given };
	autofree char *list = either(words);

	for (char *const *w = words; *w; w++)
		suggestion_offer(&s, *w);
	args_usage(args, e, "\"%s\" is not %s", given, list);
	return s.best ? err_remedy(e, "did you mean %s?", s.best) : -ERR_USAGE;
}

static bool may_be(char *const *words, const char *given)
{
	for (char *const *w = words; *w; w++)
		if (!synopsis_is_literal(*w) || str_eq(*w, given))
			return true;
	return false;
}

/* Checks the number of arguments, and the literals, against the synopsis. */
static int check_positionals(const struct args *args, struct err *e)
{
	char **given = args->positional;

	for (size_t i = 0;; i++) {
		bool may_end;
		autostrv char **words = synopsis_words(args->command->synopsis, given, i, &may_end);
		autofree char *list = NULL;

		if (i == args->n_positional && may_end)
			return 0;
		if (i == args->n_positional) {
			list = either(words);
			return args_usage(args, e, "%s is missing", list);
		}
		if (words && synopsis_repeats(words[0]))
			return 0;
		if (!words)
			return args_usage(args, e, "\"%s\" is one argument too many", given[i]);
		if (!may_be(words, given[i]))
			return refuse_word(args, given[i], words, e);
	}
}

static int take_ctid(struct args *args, const char *word, struct err *e)
{
	unsigned ctid;

	if (!parse_ctid(word, &ctid))
		return args_usage(args, e, "\"%s\" is not a CTID, a number from 100 to 999999999",
				  word);
	for (size_t i = 0; i < args->n_ctids; i++)
		if (args->ctids[i] == ctid)
			return args_usage(args, e, "%u is given twice", ctid);
	args->ctids[args->n_ctids++] = ctid;
	args->ctid = args->ctids[0];
	return 0;
}

/*
 * If the synopsis begins with CTID, moves the first positional to args->ctids; with CTID..., all.
 */
static int take_ctids(struct args *args, struct err *e)
{
	const char *rest = str_after(args->command->synopsis, "CTID");
	char **given = args->positional;
	size_t n = !rest ? 0 : str_after(rest, "...") ? args->n_positional : 1;
	int r = 0;

	if (n == 0 || args->n_positional == 0)
		return 0;
	args->ctids = xcalloc(n, sizeof *args->ctids);
	for (size_t i = 0; i < n && r == 0; i++)
		r = take_ctid(args, given[i], e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		free(given[i]);
	args->n_positional -= n;
	memmove(given, given + n, (args->n_positional + 1) * sizeof *given);
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
		/* exec: all words from COMMAND on belong to it. */
		if (command->flags & CMD_RUNS_COMMAND && ret->n_positional == 2)
			raw = true;
	}
	r = check_positionals(ret, e);
	return r < 0 ? r : take_ctids(ret, e);
}

void args_done(struct args *args)
{
	for (size_t i = 0; i < args->n_options; i++) {
		free((char *)args->options[i].name);
		/* The value may be a password. */
		explicit_bzero((char *)args->options[i].value, strlen(args->options[i].value));
		free((char *)args->options[i].value);
	}
	free(args->options);
	free(args->ctids);
	strv_free(args->positional);
	*args = (struct args){ 0 };
}

int args_usage(const struct args *args, struct err *e, const char *fmt, ...)
{
	autofree char *synopsis = help_synopsis(args->command);
	char cause[sizeof e->cause];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cause, sizeof cause, fmt, ap);
	va_end(ap);
	err_set(e, ERR_USAGE, NULL, "%s", cause);
	return err_remedy(e, "usage: %s", synopsis);
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

int args_check_nameserver(const struct args *args, const struct conf_file *f, struct err *e)
{
	if (!args_option(args, "nameserver"))
		return 0;
	return conf_nameservers_check(conf_values(f), e) < 0 ? err_wrap(e, "nameserver") : 0;
}

int args_check_swap(const struct args *args, const struct conf_file *f, struct err *e)
{
	const char *swap = args_option(args, "swap");

	if (!swap || str_eq(swap, "0") || conf_values(f)->memory)
		return 0;
	/* Wrong use only if --memory 0 is given; else the config lacks the limit. */
	err_set(e, args_option(args, "memory") ? ERR_USAGE : EINVAL, "swap",
		"needs a memory limit, and there is none");
	return err_remedy(e, "also give --memory");
}
