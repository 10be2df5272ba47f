/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ranges of host ids reserved by containers.  The configs are the only record: a range is taken
 * while the config of any node has it in an lxc.idmap line, including lines of snapshots, of
 * pending changes, and of configs that are otherwise invalid.
 */
#ifndef LIB_CONF_IDRANGE_H
#define LIB_CONF_IDRANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct idmap;

#define IDRANGE_COUNT 65536

struct idrange {
	unsigned ctid;
	bool group;
	uint32_t first, count;
};
struct idranges {
	struct idrange *v; /* sorted by container */
	size_t n;
};

/* Read the ranges of all nodes' configs, except one container's; fails if one is unreadable. */
int idranges_read(unsigned but_ctid, struct idranges *ret, struct err *e);
void idranges_done(struct idranges *list);

/* Ranges of different kinds do not overlap. */
bool idrange_overlap(const struct idrange *a, const struct idrange *b);
/* Whether all ids common to a and b are in shared: idmap_default(), or NULL. */
bool idrange_is_shared(const struct idrange *a, const struct idrange *b,
		       const struct idmap *shared);

/*
 * Find IDRANGE_COUNT free users and groups that /etc/subuid and /etc/subgid delegate to root.  An
 * id is free if no config, the shared range, another user's delegation or a user of the host has
 * it.  The error names the line to add.
 */
int idrange_pick(const struct idranges *used, struct idmap *ret, struct err *e);

#endif
