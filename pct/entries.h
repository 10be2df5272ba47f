/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a config, as pct config shows them. */
#ifndef PCT_ENTRIES_H
#define PCT_ENTRIES_H

#include <stddef.h>

struct conf_file;

struct entry {
	const char *key;   /* an option's name, or the rest of a key after "pve." */
	char *value;       /* on one line */
	const char *plain; /* the value as the command line takes it */
};
struct entries {
	struct entry *v; /* sorted by key */
	size_t n;
};

/* Collect the settings except raw LXC keys.  *ret is valid as long as f. */
void entries_collect(const struct conf_file *f, struct entries *ret);
void entries_done(struct entries *list);
/*
 * The current settings: of the config in effect (run), and of the file for options that need no
 * start.  The caller frees v of the result; the values belong to the two lists.
 */
struct entries entries_current(const struct entries *run, const struct entries *file);

/* Print WHAT KEY: VALUE.  Control bytes are disarmed on a terminal, and kept in a file or pipe. */
void entry_print(const char *what, const char *key, const char *value);

#endif
