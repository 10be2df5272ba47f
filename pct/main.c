/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/create/password-options.h"
#include "pct/output.h"

static const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (str_eq(c->name, name))
			return c;
	return NULL;
}

static bool asks_for_help(int argc, char *argv[], const struct command *command)
{
	if (command->flags & CMD_RUNS_COMMAND)
		return argc > 1 && (str_eq(argv[1], "--help") || str_eq(argv[1], "-h"));
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h"))
			return true;
	return false;
}

/* Prints the error and returns the exit status.  A message about wrong use names the command. */
static int conclude(int r, const struct command *command, const struct err *e)
{
	autofree char *name = xasprintf("pct %s", command ? command->name : "");

	if (r == -ERR_USAGE) {
		err_print(e, command ? name : "pct", stderr);
		return 2;
	}
	if (r < 0)
		err_print(e, "pct", stderr);
	return r < 0 ? 1 : r;
}

static int run_command(const struct command *command, int argc, char *argv[])
{
	struct args args = { .argv = argv };
	struct err e = { 0 };
	int r = args_parse(command, argc - 1, argv + 1, &args, &e);

	if (r == 0 && !(command->flags & CMD_ANY_USER))
		r = need_root(command->name, &e);
	if (r == 0)
		r = command->run(&args, &e);
	args_done(&args);
	volume_detach_idle(0);
	return conclude(r, command, &e);
}

/*
 * If the caller ignores SIGCHLD, wait(2) returns no status, and failed children would look like
 * successful ones: reset it.  If standard error is closed, the next opened file would get the
 * messages: open /dev/null for all standard descriptors that are closed.
 */
static void settle(void)
{
	int fd;

	signal(SIGCHLD, SIG_DFL);
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int dispatch(int argc, char *argv[])
{
	const struct command *command;
	struct err e = { 0 };

	if (argc < 2) {
		err_set(&e, ERR_USAGE, NULL, "COMMAND is missing");
		return conclude(err_remedy(&e, "pct help lists the commands"), NULL, &e);
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h"))
		return help_list(false);
	if (str_eq(argv[1], "--version"))
		return print_version();
	if (str_eq(argv[1], "__complete"))
		return complete((size_t)argc - 2, argv + 2);
	command = command_find(argv[1]);
	if (!command)
		return conclude(command_unknown(argv[1], &e), NULL, &e);
	if (asks_for_help(argc - 1, argv + 1, command))
		return help_command(command);
	return run_command(command, argc, argv);
}

int main(int argc, char *argv[])
{
	struct err e = { 0 };
	int status;

	settle();
	output_open();
	secret_receive();
	/* A container must not inherit descriptors of the caller. */
	close_range(3, ~0U, 0);
	umask(022);
	status = dispatch(argc, argv);
	if (output_close(&e) == 0)
		return status;
	err_print(&e, "pct", stderr);
	return status ? status : 1;
}
