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
#define WORD_COLUMN 30 /* for words of netN */

static void print_option(const char *name, const char *arg, const char *help, unsigned width)
{
	autofree char *left = arg ? xasprintf("  --%s %s", name, arg) : xasprintf("  --%s", name);

	wrap_print(left, OPTION_COLUMN, help, width);
}

bool help_has_net_word(const struct conf_net_word *w)
{
	return !w->in_file_only && !str_eq(w->name, "type");
}

static void print_net_words(unsigned width)
{
	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *left = xasprintf("      %s=%s", w->name, w->syntax);
		autofree char *help = xasprintf("%s%s%s%s", w->help, w->absent ? " (" : "",
						w->absent ? w->absent : "", w->absent ? ")" : "");

		if (help_has_net_word(w))
			wrap_print(left, WORD_COLUMN, help, width);
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
		if (str_eq(o->name, "netN"))
			print_net_words(width);
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

	puts(synopsis);
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
