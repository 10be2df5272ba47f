/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of conf-power: what a config gives its container of the host. */
#ifndef LIB_CONF_POWER_POWER_H
#define LIB_CONF_POWER_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/conf/conf-internal.h"

#define POWER_MAX_FILES 32 /* read for one config, and how deep they may include each other */
#define POWER_TEXT 400

/* The line that is looked at. */
struct power {
	struct conf_findings *to;
	unsigned number;  /* of the config */
	const char *name; /* its key, as the config has it */
	const char *part; /* of its value; NULL: the whole */
	bool mapped;      /* the container has a user namespace */
	/* Files that it includes. */
	const char *file; /* the one that holds the line; NULL: the config itself */
	unsigned file_line;
	const char *file_key;
	struct stat seen[POWER_MAX_FILES];
	size_t n_seen;
};

/* A line with this key of today gives the container something: "gives ...", "lets ...". */
void power_add(struct power *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A value as it may stand in such a text: in quotes, cut, and nothing but printable ASCII. */
#define POWER_QUOTED 96
struct power_quoted {
	char s[POWER_QUOTED];
};
struct power_quoted power_quote(const char *value);
#define quote(value) (power_quote(value).s)

/* All that a line gives; its key in any spelling. */
void power_line(struct power *p, const char *spelt, const char *raw);

#define POWER_NESTING "lets the container mount /proc and /sys unmasked, for nested containers"

/* mount.c */
void power_mount_entry(struct power *p, const char *key, const char *value);
void power_mount_fstab(struct power *p, const char *key, const char *value);
void power_mount_auto(struct power *p, const char *key, const char *value);
/* A file or folder of the host, mounted into the container. */
void power_path(struct power *p, const char *path, bool read_only);
void power_mp(struct power *p, const char *key, const char *value);  /* pve.mpN */
void power_dev(struct power *p, const char *key, const char *value); /* pve.devN */

/* include.c */
void power_include(struct power *p, const char *key, const char *value);
/* Call fn for each line of a file that the config names, the first time that it does. */
void power_file(struct power *p, const char *path, void (*fn)(struct power *p, char *line));

/* value.c: those of several words. */
void power_idmap(struct power *p, const char *key, const char *value);
void power_device(struct power *p, const char *key, const char *value);
void power_features(struct power *p, const char *key, const char *value);
void power_namespaces(struct power *p, const char *key, const char *value);
void power_sysctl(struct power *p, const char *key, const char *value);

#endif
