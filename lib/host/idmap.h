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

/* "u|g|b INSIDE OUTSIDE COUNT", b for both u and g.  False: it is not, and nothing was stored. */
bool idmap_read_line(const char *line, char *ret_kind, struct idmap_range *ret);
/* One value of lxc.idmap, "u 0 100000 65536", whose ids all exist; *ret_kind is u or g. */
int idmap_parse_range(const char *value, char *ret_kind, struct idmap_range *ret, struct err *e);

/*
 * All values of lxc.idmap; overlaps are errors that name both.  After an error *ret_bad (NULL: not
 * wanted) is the number of values before the wrong one.
 */
int idmap_parse(char *const *values, struct idmap *ret, size_t *ret_bad, struct err *e);

/*
 * 0 -> 100000, 65536 ids, or what /etc/subuid and /etc/subgid grant root.  With newuidmap installed
 * and no such grant: an error whose remedy names the lines to add.
 */
int idmap_default(struct idmap *ret, struct err *e);

/*
 * Whether newuidmap is installed, as liblxc looks for it: with it, root's maps must be delegated,
 * too (subuid(5)).
 */
bool idmap_has_newuidmap(void);

/* Host id of container root. */
uid_t idmap_root_uid(const struct idmap *map);
gid_t idmap_root_gid(const struct idmap *map);

/* Descriptor of a user namespace with this map, for mount_setattr(2) and setns(2). */
int idmap_userns(const struct idmap *map, struct err *e);

#endif
