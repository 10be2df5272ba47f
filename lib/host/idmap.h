/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps of unprivileged containers (user_namespaces(7), subuid(5)). */
#ifndef LIB_HOST_IDMAP_H
#define LIB_HOST_IDMAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

struct idmap_range {
	uint32_t inside, outside, count;
};

#define IDMAP_MAX_RANGES 32
struct idmap {
	struct idmap_range uid[IDMAP_MAX_RANGES], gid[IDMAP_MAX_RANGES];
	unsigned n_uid, n_gid;
};

/* Parse "u|g|b INSIDE OUTSIDE COUNT"; b means u and g.  False: not valid, *ret is unchanged. */
bool idmap_read_line(const char *line, char *ret_kind, struct idmap_range *ret);
/*
 * Parse a value of lxc.idmap, "u 0 100000 65536", and check that all ids exist; *ret_kind is u or
 * g.
 */
int idmap_parse_range(const char *value, char *ret_kind, struct idmap_range *ret, struct err *e);

/*
 * Parse all values of lxc.idmap; the error for an overlap names both ranges.  On failure *ret_bad
 * (unless NULL) is the number of values before the wrong one.
 */
int idmap_parse(char *const *values, struct idmap *ret, size_t *ret_bad, struct err *e);

/*
 * The default map: 0 -> 100000, 65536 ids; or the range that /etc/subuid and /etc/subgid grant
 * root.  Fails if newuidmap is installed and root has no such grant; the remedy names the lines to
 * add.
 */
int idmap_default(struct idmap *ret, struct err *e);

/*
 * Whether newuidmap is installed, by the same search as liblxc's.  If it is, the ids of root's maps
 * must be delegated to root, too (subuid(5)).
 */
bool idmap_has_newuidmap(void);

/* Get the host id of an id of the container from the uids or gids of a map; false: it has none. */
bool idmap_outside(const struct idmap_range *v, unsigned n, uint32_t inside, uint32_t *ret);
/* Whether both have the same ranges in the same order. */
bool idmap_equal(const struct idmap *a, const struct idmap *b);

/* The host id of container root. */
uid_t idmap_root_uid(const struct idmap *map);
gid_t idmap_root_gid(const struct idmap *map);

/* Returns a descriptor of a user namespace with this map, for mount_setattr(2) and setns(2). */
int idmap_userns(const struct idmap *map, struct err *e);

#endif
