/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct help: prints the tables that dispatch and parse. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/cmd.h"
#include "pct/wrap.h"

const struct option_def help_options[] = {
	{ "verbose", "[0|1]", "Also show the options of every command; short: -v" },
	{ "v", "[0|1]", "Same as --verbose" },
	{ 0 },
};

#define OPTION_COLUMN 26
#define SYNOPSIS_COLUMN 4 /* behind "pct " */
#define WORD_COLUMN 30 /* for words of an option's value */

static bool next_net_word(size_t *at, struct help_word *ret)
{
	const struct conf_net_word *w = &conf_net_words[*at];

	while (w->name && (w->in_file_only || str_eq(w->name, "type")))
		w++;
	*at = (size_t)(w - conf_net_words) + 1;
	*ret = (struct help_word){ w->name, w->syntax, w->help, w->absent };
	return w->name;
}

static bool next_slot_word(const struct conf_slot_word *words, unsigned hidden, size_t *at,
			   struct help_word *ret)
{
	const struct conf_slot_word *w = &words[*at];

	while (w->name && w->flags & hidden)
		w++;
	*at = (size_t)(w - words) + 1;
	*ret = (struct help_word){ w->name, w->syntax, w->help, NULL };
	return w->name;
}

bool help_next_word(const char *option, const char *arg, size_t *at, struct help_word *ret)
{
	/* As in --rootfs DIR. */
	if (!arg || !strstr(arg, "KEY=VALUE"))
		return false;
	if (str_eq(option, "netN"))
		return next_net_word(at, ret);
	if (str_eq(option, "mpN"))
		return next_slot_word(conf_volume_words, 0, at, ret);
	/* The option's syntax has the volume. */
	if (str_eq(option, "rootfs") && *at == 0)
		*at = 1;
	if (str_eq(option, "rootfs"))
		return next_slot_word(conf_volume_words, CONF_WORD_NOT_ROOTFS, at, ret);
	if (str_eq(option, "devN"))
		return next_slot_word(conf_device_words, 0, at, ret);
	return false;
}

char *help_option_name(const struct conf_option *o)
{
	size_t n = strlen(o->name);

	return conf_option_is_numbered(o) ? xasprintf("%.*s0", (int)n - 1, o->name) :
					    xstrdup(o->name);
}

static void print_option(const char *name, const char *arg, const char *help, unsigned width)
{
	autofree char *left = arg ? xasprintf("  --%s %s", name, arg) : xasprintf("  --%s", name);
	struct help_word w;

	wrap_print(left, OPTION_COLUMN, help, width);
	for (size_t at = 0; help_next_word(name, arg, &at, &w);) {
		autofree char *word = xasprintf("      %s=%s", w.name, w.syntax);
		autofree char *text = xasprintf("%s%s%s%s", w.help, w.absent ? " (" : "",
						w.absent ? w.absent : "", w.absent ? ")" : "");

		wrap_print(word, WORD_COLUMN, text, width);
	}
}

static void print_container_options(const struct command *command, unsigned width)
{
	bool create = str_eq(command->name, "create");

	for (const struct conf_option *o = conf_options; o->name; o++) {
		autofree char *help = create && o->initial ?
			xasprintf("%s (%s)", o->help, o->initial) : xstrdup(o->help);

		if (!command_takes(command, o) || (o->flags & CONF_OPT_CREATE_ONLY && !create))
			continue;
		print_option(o->name, o->arg, help, width);
	}
}

static bool has_options(const struct command *command)
{
	return command->options->name || command->flags & CMD_CONTAINER_OPTIONS;
}

char *help_synopsis(const struct command *command)
{
	const char *synopsis = command->synopsis, *end = strstr(synopsis, "[--]");

	/* Options behind a command of the container belong to that. */
	if (end && has_options(command))
		return xasprintf("pct %s %.*s[OPTIONS] %s", command->name, (int)(end - synopsis),
				 synopsis, end);
	return xasprintf("pct %s%s%s%s", command->name, *synopsis ? " " : "", synopsis,
			 has_options(command) ? " [OPTIONS]" : "");
}

int help_command(const struct command *command)
{
	autofree char *synopsis = help_synopsis(command), *help = xasprintf("%s.", command->help);
	unsigned width = wrap_width();

	wrap_print("pct", SYNOPSIS_COLUMN, synopsis + SYNOPSIS_COLUMN, width);
	wrap_print("", 0, help, width);
	if (has_options(command))
		putchar('\n');
	for (const struct option_def *o = command->options; o->name; o++)
		print_option(o->name, o->arg, o->help, width);
	print_container_options(command, width);
	return 0;
}

static void print_commands(void)
{
	unsigned width = wrap_width();

	for (const struct command *c = commands; c->name; c++) {
		autofree char *left = xasprintf("  %s", c->name);

		wrap_print(left, 13, c->help, width);
	}
	putchar('\n');
	wrap_print("", 0, "pct help COMMAND shows a command's options; pct help -v shows all.",
		   width);
}

int help_list(bool verbose)
{
	printf("pct: LXC containers by number\n\n");
	if (!verbose)
		print_commands();
	for (const struct command *c = commands; c->name && verbose; c++) {
		help_command(c);
		putchar('\n');
	}
	return 0;
}

int cmd_help(const struct args *args, struct err *e)
{
	const char *name = args->n_positional ? args->positional[0] : NULL;

	if (!name)
		return help_list(args_flag(args, "verbose") || args_flag(args, "v"));
	for (const struct command *c = commands; c->name; c++)
		if (str_eq(c->name, name))
			return help_command(c);
	return command_unknown(name, e);
}
