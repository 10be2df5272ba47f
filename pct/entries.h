/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A config as pct config lists it. */
#ifndef PCT_ENTRIES_H
#define PCT_ENTRIES_H

#include <stddef.h>

struct conf_file;

struct entry {
	const char *key; /* of an option, or what follows "pve." in the file */
	char *value;       /* on one line */
	const char *plain; /* as on the command line */
};
struct entries {
	struct entry *v; /* sorted by key */
	size_t n;
};

/* Valid as long as f.  Raw LXC keys are not among them. */
void entries_collect(const struct conf_file *f, struct entries *ret);
void entries_done(struct entries *list);

/* WHAT KEY: VALUE, with nothing hidden on a terminal; a file or a pipe gets the value as it is. */
void entry_print(const char *what, const char *key, const char *value);

#endif
