/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which order containers start at boot: those of one order at once.  They stop the other way. */
#ifndef LIB_CONF_STARTUP_H
#define LIB_CONF_STARTUP_H

#include <stddef.h>

#include "lib/conf/conf.h"

struct startup_ct {
	unsigned ctid;
	struct startup startup;
};

/* By order, and by number within one. */
void startup_sort(struct startup_ct *v, size_t n);
/* How many of the n, which are sorted, have the order of the first. */
size_t startup_group(const struct startup_ct *v, size_t n);
/* How long to wait after the group. */
unsigned startup_pause(const struct startup_ct *v, size_t group);

#endif
