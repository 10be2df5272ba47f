/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Included only in lib/conf/power, which checks what power over the host a config gives. */
#ifndef LIB_CONF_POWER_POWER_H
#define LIB_CONF_POWER_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/conf/conf-internal.h"

#define POWER_MAX_FILES 32 /* limits files read for one config, and include depth */
#define POWER_TEXT 400

/* The line being checked. */
struct power {
	struct conf_findings *to;
	unsigned number;  /* of the line in the config */
	const char *name; /* its key as the config spells it */
	const char *part; /* the part of its value; NULL: all of it */
	bool mapped;      /* the container has a user namespace */
	/* Include files. */
	const char *file; /* the file with the line; NULL: the config itself */
	unsigned file_line;
	const char *file_key;
	struct stat seen[POWER_MAX_FILES];
	size_t n_seen;
};

/* Report a power that the line gives the container: "gives ...", "lets ...". */
void power_add(struct power *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Quote a value for such a text: shortened, only printable ASCII. */
#define POWER_QUOTED 96
struct power_quoted {
	char s[POWER_QUOTED];
};
struct power_quoted power_quote(const char *value);
#define quote(value) (power_quote(value).s)

/* Report all that a line gives; the key may be spelt in any way. */
void power_line(struct power *p, const char *spelt, const char *raw);

#define POWER_NESTING "lets the container mount /proc and /sys unmasked, for nested containers"

/* power/mount.c */
void power_mount_entry(struct power *p, const char *key, const char *value);
void power_mount_fstab(struct power *p, const char *key, const char *value);
void power_mount_auto(struct power *p, const char *key, const char *value);
/* A file or folder of the host, mounted into the container. */
void power_path(struct power *p, const char *path, bool read_only);
void power_mp(struct power *p, const char *key, const char *value);  /* pve.mpN */
void power_dev(struct power *p, const char *key, const char *value); /* pve.devN */

/* power/include.c */
void power_include(struct power *p, const char *key, const char *value);
/* Call fn for each line of a file that the config names; only the first time it is named. */
void power_file(struct power *p, const char *path, void (*fn)(struct power *p, char *line));

/* power/value.c: values of several words. */
void power_idmap(struct power *p, const char *key, const char *value);
void power_device(struct power *p, const char *key, const char *value);
void power_features(struct power *p, const char *key, const char *value);
void power_namespaces(struct power *p, const char *key, const char *value);
void power_sysctl(struct power *p, const char *key, const char *value);

#endif
