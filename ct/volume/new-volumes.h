/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Volumes that an operation makes for values such as "local:8,mp=/data".  First each value gets the
 * name of its volume, for the config; then the volumes are made.
 */
#ifndef CT_VOLUME_NEW_VOLUMES_H
#define CT_VOLUME_NEW_VOLUMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct conf_file;
struct err;
struct idmap;
struct new_volume;

struct new_volumes {
	struct new_volume *v;
	size_t n;
};

/* Whether a value of mpN asks for a new volume: STORAGE:GIB. */
bool new_volume_is_wanted(const char *value);
/*
 * Choose a volume that neither exists nor is named by conf or the list, and add it to the list.
 * *ret_value has it in place of STORAGE:GIB, and its size; the caller frees.
 */
int new_volumes_add(struct new_volumes *list, const struct conf *conf, const char *value,
		    char **ret_value, struct err *e);
/* The same for a storage and a size; *ret_id belongs to the list. */
int new_volumes_choose(struct new_volumes *list, const struct conf *conf, const char *storage,
		       uint64_t mib, const char **ret_id, struct err *e);
/* Whether the list has the volume of this id. */
bool new_volumes_have(const struct new_volumes *list, const char *id);
/*
 * Save the config f with an unusedN for each volume of the list, so that a killed command leaves no
 * volume that no config names.  f itself stays as it is.
 */
int new_volumes_reserve(const struct new_volumes *list, const struct conf_file *f, struct err *e);
/* Make all volumes of the list.  map NULL: the container is privileged. */
int new_volumes_make(struct new_volumes *list, const struct idmap *map, struct err *e);
/* Undo function of a transaction: remove those that were made.  arg is the list. */
int new_volumes_undo(void *arg, struct err *e);
void new_volumes_done(struct new_volumes *list);

#endif
