/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of containers at boot.  Those with the same order start together; shutdown reverses it.
 */
#ifndef LIB_CONF_STARTUP_H
#define LIB_CONF_STARTUP_H

#include <stddef.h>

#include "lib/conf/conf.h"

struct startup_ct {
	unsigned ctid;
	struct startup startup;
};

/* Sort by order, then by id. */
void startup_sort(struct startup_ct *v, size_t n);
/* The number of containers, of the n sorted ones, that have the order of the first. */
size_t startup_group(const struct startup_ct *v, size_t n);
/* The delay after the group, in seconds. */
unsigned startup_pause(const struct startup_ct *v, size_t group);

#endif
