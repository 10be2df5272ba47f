/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps of unprivileged containers (user_namespaces(7), subuid(5)). */
#ifndef LIB_IDMAP_H
#define LIB_IDMAP_H

#include <stdint.h>
#include <sys/types.h>

struct conf;
struct conf_file;
struct err;

struct idmap_range {
	uint32_t inside, outside, count;
};

#define IDMAP_MAX_RANGES 32
struct idmap {
	struct idmap_range uid[IDMAP_MAX_RANGES], gid[IDMAP_MAX_RANGES];
	unsigned n_uid, n_gid;
};

/* "u 0 100000 65536" lines, the value of lxc.idmap; overlaps are errors that name both. */
int idmap_parse(char *const *values, struct idmap *ret, struct err *e);

/*
 * 0 -> 100000, 65536 ids, or what /etc/subuid and /etc/subgid grant root.  With newuidmap installed
 * and no such grant: an error whose remedy names the lines to add.
 */
int idmap_default(struct idmap *ret, struct err *e);

/* The container's own map, else the default one. */
int idmap_of(const struct conf *conf, struct idmap *ret, struct err *e);

/*
 * The same for a start: root has to be delegated the ids of its own lines, too, where newuidmap is
 * installed.  The error names the line.
 */
int idmap_for_start(const struct conf_file *f, struct idmap *ret, struct err *e);

/* Host id of container root. */
uid_t idmap_root_uid(const struct idmap *map);
gid_t idmap_root_gid(const struct idmap *map);

/* Descriptor of a user namespace with this map, for mount_setattr(2) and setns(2). */
int idmap_userns(const struct idmap *map, struct err *e);

#endif
