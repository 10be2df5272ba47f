/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ranges of the host's ids that containers have for their own.  The configs are the only record of
 * them: a range is taken while a config of any node has it in an lxc.idmap line, be that of a
 * snapshot, of a change that waits, or of a config that cannot be read otherwise.
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
	struct idrange *v; /* by container */
	size_t n;
};

/* The ranges of the configs of all nodes, except one container's; all must be readable. */
int idranges_read(unsigned but_ctid, struct idranges *ret, struct err *e);
void idranges_done(struct idranges *list);

bool idrange_overlap(const struct idrange *a, const struct idrange *b); /* of one kind */
/* Whether all ids that a and b have in common are in shared: idmap_default(), or NULL. */
bool idrange_is_shared(const struct idrange *a, const struct idrange *b,
		       const struct idmap *shared);

/*
 * Find IDRANGE_COUNT users and as many groups that /etc/subuid and /etc/subgid delegate to root and
 * that are free: not in another config, the shared range, or a range that is delegated to another
 * user, and no user of the host.  The error names the line to add.
 */
int idrange_pick(const struct idranges *used, struct idmap *ret, struct err *e);

#endif
