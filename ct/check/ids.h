/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sorted lists of the numbers of all containers, and of running ones.  The caller frees v. */
#ifndef CT_CHECK_IDS_H
#define CT_CHECK_IDS_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct ids {
	unsigned *v;
	size_t n, size;
};

bool ids_has(const struct ids *ids, unsigned id);

/*
 * Needs no root.  orphans: running containers without a monitor (lib/runtime/orphan.h).  If among
 * is not NULL, only its containers are looked for, and others that pct's hooks started: containers
 * of other folders of LXC, whose cgroups lie beside ours, cost little then.
 */
void ids_find_running(const struct ids *among, struct ids *running, struct ids *orphans);

/* All containers of this node that have a config. */
int ids_find_all(struct ids *all, struct err *e);
/* Add the running containers that the hooks of pct started, and whose folder of the config is gone.
 */
void ids_add_unlisted(struct ids *all, const struct ids *running);
/* Find the frozen ones among the running containers. */
void ids_find_frozen(const struct ids *running, struct ids *ret);

#endif
