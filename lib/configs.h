/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configs of all containers of all nodes, of either format. */
#ifndef LIB_CONFIGS_H
#define LIB_CONFIGS_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct config_path {
	unsigned ctid; /* 0: not known, as top was a file */
	char *path;
};
struct configs {
	struct config_path *v; /* by ctid, then path */
	size_t n;
};

/*
 * What lies below top, /etc/pve or something like it: lxc/CTID/config, lxc/CTID.conf, and the same
 * below nodes/NODE; or top itself, where it is a file.  That there is none is no error.  Free with
 * configs_done(), also after a failure.
 */
int configs_find(const char *top, struct configs *ret, struct err *e);
void configs_done(struct configs *configs);

/* Whether a text, in whatever case, stands in the config of some container. */
bool configs_mention(const char *text);

#endif
