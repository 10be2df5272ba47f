/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configs of all containers of all nodes, of either format. */
#ifndef LIB_CONF_INVENTORY_H
#define LIB_CONF_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct config_path {
	unsigned ctid; /* 0: not known, as top was a file */
	char *path;
};
struct inventory {
	struct config_path *v; /* by ctid, then path */
	size_t n;
};

/*
 * What lies below top, /etc/pve or something like it: lxc/CTID/config, lxc/CTID.conf, and the same
 * below nodes/NODE; or top itself, where it is a file.  That there is none is no error.  Free with
 * inventory_done(), also after a failure.
 */
int inventory_find(const char *top, struct inventory *ret, struct err *e);
void inventory_done(struct inventory *configs);

/* Whether a text, in whatever case, stands in the config of some container. */
bool inventory_mentions(const char *text);

#endif
