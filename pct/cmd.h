/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command of pct: one file, one function, one row in commands[] of pct.c.
 *
 * The row declares arguments and options.  args_parse() checks the number of arguments and the
 * names of options; the command checks the values.
 */
#ifndef PCT_CMD_H
#define PCT_CMD_H

#include <stdbool.h>
#include <stddef.h>

struct command;
struct conf_file;
struct conf_option;
struct err;

/* The value is a secret, or "-": read the secret from standard input. */
#define ARG_SECRET "[TEXT|-]"
/* The values of all occurrences of the option count; of other options, they must be equal. */
#define ARG_OPTIONS "OPTION[,OPTION]"
/* Each of several values sets a variable. */
#define ARG_VARIABLE "NAME=VALUE"

struct option_def {
	const char *name; /* without dashes; NULL ends the list */
	/* NULL: no value; "[0|1]": 1 when missing; "[X]": "" when missing; "a|b": one of these;
	 * ARG_SECRET: "" when missing, and wiped from argv[] */
	const char *arg;
	const char *help;
};

struct option {
	const char *name, *value; /* value: "" if an optional value is missing */
};

struct args {
	char **argv;          /* argv of main(), with secrets wiped */
	const struct command *command;
	unsigned ctid;        /* the first; 0: not given; the synopsis allows that */
	unsigned *ctids;      /* all, as given, without repetition */
	size_t n_ctids;
	char **positional;    /* the other arguments, NULL-terminated */
	size_t n_positional;
	struct option *options; /* as given, in order */
	size_t n_options;
};

enum command_flags {
	CMD_CONTAINER_OPTIONS = 1, /* also takes every option of conf_options[] */
	CMD_RUNS_COMMAND = 2,      /* all words after the CTID belong to another command */
	CMD_ANY_USER = 4,          /* does not need root */
	CMD_SETUP_OPTIONS = 8,     /* also takes each option with CONF_OPT_SETUP */
	/* Which CTIDs completion offers; without these flags, all existing ones. */
	CMD_OFFER_FREE = 16,
	CMD_OFFER_STOPPED = 32,
	CMD_OFFER_RUNNING = 64,
};

struct command {
	const char *name;
	const char *synopsis; /* syntax of the arguments: pct/synopsis.h */
	const char *help;     /* one line */
	/* Returns 0, the exit status (above 0), or -errno or -ERR_USAGE with e filled. */
	int (*run)(const struct args *args, struct err *e);
	unsigned flags;
	const struct option_def *options;
};

extern const struct command commands[]; /* ends with name NULL; pct.c */

/*
 * Fill *ret from argv; argv[0] is the command's name.  Returns 0 or -ERR_USAGE.  The caller calls
 * args_done(), also after a failure.
 */
int args_parse(const struct command *command, int argc, char *argv[], struct args *ret,
	       struct err *e);
void args_done(struct args *args);

/* Whether the command takes an option of a container. */
bool command_takes(const struct command *command, const struct conf_option *o);

/*
 * For completion.  word is "--OPTION" or "--OPTION=..."; *ret_arg is the option's syntax.  Returns
 * 0 if there is no such option, 2 if the next word is its value, else 1.
 */
int args_look(const struct command *command, const char *word, const char **ret_arg);

/* Print the candidates for the last word: pct/complete.c. */
int complete(size_t n, char *words[]);

/* Record an unknown command; the remedy is a similar name, or another way.  Returns -ERR_USAGE. */
int command_unknown(const char *name, struct err *e);
/* Record an unknown option "--NAME" of the command.  Returns -ERR_USAGE. */
int option_unknown(const struct command *command, const char *name, struct err *e);

/* The syntax of an option that only Proxmox VE has; NULL: it has none either. */
const char *pve_option_arg(const struct command *command, const char *name);
/*
 * Check such an option.  Returns 0 if the value describes what the command does anyway, else
 * -ERR_USAGE with another way.  value NULL: only the name is given, as by --delete.
 */
int pve_option_check(const struct command *command, const char *name, const char *value,
		     struct err *e);

int print_version(void);
/* "pct list [OPTIONS]"; the caller frees. */
char *help_synopsis(const struct command *command);
/* A word of an option's value, "bridge=BRIDGE". */
struct help_word {
	const char *name, *syntax, *help;
	const char *absent; /* value of a missing word; NULL: none */
};
/*
 * Get the word at *at of the values of an option, such as netN or rootfs, and set *at to the next
 * one.  arg: the option's syntax.  False: there are no more, or none at all.  Hides "type", which
 * has only one possible value.
 */
bool help_next_word(const char *option, const char *arg, size_t *at, struct help_word *ret);
/* An option with a number gets the number 0, "net0".  The caller frees. */
char *help_option_name(const struct conf_option *o);
int help_list(bool verbose);
int help_command(const struct command *command);

/* Record wrong use of a command; the remedy is its synopsis.  Returns -ERR_USAGE. */
int args_usage(const struct args *args, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* For the result r of checking a value of the command line: change -EINVAL to -ERR_USAGE. */
int args_blame(int r, struct err *e);

#define MAX_TIMEOUT (24 * 3600) /* seconds, of --timeout */

/* The value of an option; NULL: not given. */
const char *args_option(const struct args *args, const char *name);
bool args_flag(const struct args *args, const char *name);

/* Fails if --nameserver names an interface that f (with all options applied) does not have. */
int args_check_nameserver(const struct args *args, const struct conf_file *f, struct err *e);
/* Fails if --swap is given, but f (with all options applied) has no memory limit. */
int args_check_swap(const struct args *args, const struct conf_file *f, struct err *e);

/* For a CMD_ANY_USER command of which some uses need root.  -EPERM names what. */
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
int cmd_push(const struct args *, struct err *);
int cmd_pull(const struct args *, struct err *);
int cmd_cpusets(const struct args *, struct err *);
int cmd_unlock(const struct args *, struct err *);
int cmd_doctor(const struct args *, struct err *);
int cmd_config(const struct args *, struct err *);
/* path "": the configs of this host.  Returns 1 for an error, with strict also for a config that
 * gives power over the host. */
int config_check(const char *path, bool strict, enum format format, struct err *e);
int cmd_pending(const struct args *, struct err *);
int cmd_set(const struct args *, struct err *);
int cmd_setup(const struct args *, struct err *);
int cmd_distro(const struct args *, struct err *);
int cmd_net(const struct args *, struct err *);
int cmd_wait(const struct args *, struct err *);
int cmd_resize(const struct args *, struct err *);
int cmd_move_volume(const struct args *, struct err *);
int cmd_df(const struct args *, struct err *);
int cmd_fsck(const struct args *, struct err *);
int cmd_fstrim(const struct args *, struct err *);
int cmd_mount(const struct args *, struct err *);
int cmd_unmount(const struct args *, struct err *);
int cmd_storage(const struct args *, struct err *);
int cmd_rescan(const struct args *, struct err *);
int cmd_help(const struct args *, struct err *);
int cmd_version(const struct args *, struct err *);

extern const struct option_def create_options[], destroy_options[], setup_options[], set_options[],
	config_options[], shutdown_options[], status_options[], reboot_options[],
	attach_options[], console_options[], distro_options[], help_options[], wait_options[],
	start_options[], stop_options[], ct_list_options[], net_options[], doctor_options[],
	push_options[], pull_options[], fsck_options[], fstrim_options[], rescan_options[],
	storage_options[], move_volume_options[];

#endif
