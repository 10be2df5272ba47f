/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command of pct: one file, one function, one row in commands[] of pct.c.
 *
 * The row declares arguments and options.  The command gets as many arguments as its synopsis says,
 * and options that exist, in order; their values are for it to check.
 */
#ifndef PCT_CMD_H
#define PCT_CMD_H

#include <stdbool.h>
#include <stddef.h>

struct command;
struct conf_file;
struct conf_net_word;
struct err;

/* A text that nobody else is to see, or "-": standard input has it. */
#define ARG_SECRET "[TEXT|-]"

struct option_def {
	const char *name; /* without dashes; NULL ends the list */
	/* NULL: no value; "[0|1]": 1 when missing; "[X]": "" when missing; "a|b": one of these;
	 * ARG_SECRET: "" when missing, and wiped from argv[] */
	const char *arg;
	const char *help;
};

struct option {
	const char *name, *value; /* value "" when an optional one is missing */
};

struct args {
	char **argv;          /* main()'s, whole, but for secrets */
	const struct command *command;
	unsigned ctid;        /* 0: none was given, which the synopsis allows */
	char **positional;    /* the other arguments, NULL-terminated */
	size_t n_positional;
	struct option *options; /* as given, in order */
	size_t n_options;
};

enum command_flags {
	CMD_CONTAINER_OPTIONS = 1, /* takes every option of conf_options[], too */
	CMD_RUNS_COMMAND = 2,      /* what follows the CTID is another command's, "--option" too */
	CMD_ANY_USER = 4,          /* need not be root */
	CMD_MEMFD = 8,             /* starts containers: lib/base/memfd-exec.h */
	/* Which CTIDs completion offers; without one of these, all that exist. */
	CMD_OFFER_FREE = 16,
	CMD_OFFER_STOPPED = 32,
	CMD_OFFER_RUNNING = 64,
};

struct command {
	const char *name;
	const char *synopsis; /* of its arguments: pct/synopsis.h */
	const char *help;     /* one line */
	/* 0; -errno or -ERR_USAGE with the err filled; above 0: the exit code */
	int (*run)(const struct args *args, struct err *e);
	unsigned flags;
	const struct option_def *options;
};

extern const struct command commands[]; /* ends with name NULL; pct.c */

/*
 * Fill args from argv (argv[0] is the command).  0 or -ERR_USAGE.  Free with args_done(), after a
 * failure as well.
 */
int args_parse(const struct command *command, int argc, char *argv[], struct args *ret,
	       struct err *e);
void args_done(struct args *args);

/*
 * For completion.  word is "--OPTION" or "--OPTION=..."; *ret_arg is the option's syntax.  0: there
 * is no such option, 1: its value is not in the next word, 2: it is.
 */
int args_look(const struct command *command, const char *word, const char **ret_arg);

/* Print what may stand in place of the last word: pct/complete.c. */
int complete(size_t n, char *words[]);

/* Say of a name that no row has what may be meant, or what to do instead.  Returns -ERR_USAGE. */
int command_unknown(const char *name, struct err *e);
/* The same of an option of the command: "--NAME". */
int option_unknown(const struct command *command, const char *name, struct err *e);

int print_version(void);
/* "pct list [OPTIONS]"; the caller frees. */
char *help_synopsis(const struct command *command);
/* Of "type", only the value that is the default may be given. */
bool help_has_net_word(const struct conf_net_word *w);
int help_list(bool verbose);
int help_command(const struct command *command);

/* Record wrong use of a command as a whole; the remedy is its synopsis.  Returns -ERR_USAGE. */
int args_usage(const struct args *args, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* r and e are from the check of a value on the command line: -EINVAL becomes -ERR_USAGE. */
int args_blame(int r, struct err *e);

/* Value of an option, the last one given; NULL: not given. */
const char *args_option(const struct args *args, const char *name);
bool args_flag(const struct args *args, const char *name);

/* Whether there is a memory limit that --swap can be added to, in the config with the options. */
int args_check_swap(const struct args *args, const struct conf_file *f, struct err *e);

/* For what only some ways to use a CMD_ANY_USER command need it. */
int need_root(const char *what, struct err *e);

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSON_PRETTY };
#define OPTION_FORMAT { "output-format", "text|json|json-pretty", "Output format (text)" }
enum format args_format(const struct args *args);
struct json_t;
void print_json(const struct json_t *value, enum format format); /* lib/base/json.h wraps jansson */

int cmd_create(const struct args *, struct err *);
int cmd_start(const struct args *, struct err *);
int cmd_stop(const struct args *, struct err *);
int cmd_shutdown(const struct args *, struct err *);
int cmd_reboot(const struct args *, struct err *);
int cmd_enter(const struct args *, struct err *);
int cmd_exec(const struct args *, struct err *);
int cmd_console(const struct args *, struct err *);
int cmd_destroy(const struct args *, struct err *);
int cmd_list(const struct args *, struct err *);
int cmd_status(const struct args *, struct err *);
int cmd_doctor(const struct args *, struct err *);
int cmd_config(const struct args *, struct err *);
/* path "": /etc/pve; strict: 1 also for what gives a container power over the host. */
int config_check(const char *path, bool strict, enum format format, struct err *e);
int cmd_pending(const struct args *, struct err *);
int cmd_set(const struct args *, struct err *);
int cmd_setup(const struct args *, struct err *);
int cmd_distro(const struct args *, struct err *);
int cmd_net(const struct args *, struct err *);
int cmd_wait(const struct args *, struct err *);
int cmd_help(const struct args *, struct err *);
int cmd_version(const struct args *, struct err *);

#define CREATE_STORAGE "local" /* when none is named */

extern const struct option_def create_options[], destroy_options[], setup_options[], set_options[],
	config_options[], shutdown_options[], status_options[], reboot_options[],
	console_options[], distro_options[], help_options[], wait_options[],
	start_options[], ct_list_options[], net_options[], doctor_options[];

#endif
