/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help: printed from the tables that dispatch and parse. */
#include <errno.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/cmd.h"

const struct option_def help_options[] = {
	{ "verbose", "[0|1]", "With every command's options; -v for short" },
	{ "v", "[0|1]", "The same" },
	{ 0 },
};

static void print_option(const char *name, const char *arg, const char *help)
{
	autofree char *left = arg ? xasprintf("--%s %s", name, arg) : xasprintf("--%s", name);

	printf("  %-34s %s\n", left, help);
}

static void print_options(const struct command *command)
{
	for (const struct option_def *o = command->options; o->name; o++)
		print_option(o->name, o->arg, o->help);
	if (!(command->flags & CMD_CONF_OPTS))
		return;
	for (const struct conf_option *o = conf_options; o->name; o++) {
		bool create = str_eq(command->name, "create");

		if (o->flags & CONF_OPT_INTERNAL || (o->flags & CONF_OPT_CREATE_ONLY && !create))
			continue;
		if (create && o->initial) {
			autofree char *help = xasprintf("%s (%s)", o->help, o->initial);

			print_option(o->name, o->arg, help);
		} else {
			print_option(o->name, o->arg, o->help);
		}
	}
}

int help_command(const struct command *command)
{
	bool options = command->options->name || command->flags & CMD_CONF_OPTS;

	printf("pct %s%s%s%s\n%s.\n", command->name, *command->synopsis ? " " : "",
	       command->synopsis, options ? " [OPTIONS]" : "", command->help);
	if (options)
		printf("\n");
	print_options(command);
	return 0;
}

int help_list(bool verbose)
{
	printf("pct: LXC containers by number\n\n");
	for (const struct command *c = commands; c->name; c++) {
		if (verbose) {
			help_command(c);
			printf("\n");
		} else {
			printf("  %-10s %s\n", c->name, c->help);
		}
	}
	if (!verbose)
		printf("\npct help COMMAND shows a command's options; pct help -v shows all.\n");
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
	err_set(e, ERR_USAGE, name, "there is no such command");
	return err_remedy(e, "pct help lists them");
}
