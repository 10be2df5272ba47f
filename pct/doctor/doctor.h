/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct doctor: finds problems of the host and its containers, and leftovers of killed containers. */
#ifndef PCT_DOCTOR_DOCTOR_H
#define PCT_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

enum doctor_level {
	DOCTOR_ERROR,   /* something does not work */
	DOCTOR_WARNING, /* something works less well, or is a leftover */
	DOCTOR_FIXED,
	DOCTOR_LEVELS,
};

struct doctor {
	const char *check; /* name of the check that runs */
	bool fix;
	struct json_t *rows; /* NULL: print text */
	size_t n[DOCTOR_LEVELS];
};

/* Report a finding: its object, cause and remedy are those of e. */
void doctor_add(struct doctor *d, enum doctor_level level, const struct err *e);

/* host.c */
void doctor_kernel(struct doctor *d);
void doctor_cgroups(struct doctor *d);
void doctor_liblxc(struct doctor *d);
void doctor_programs(struct doctor *d);
void doctor_lxcfs(struct doctor *d);
void doctor_apparmor(struct doctor *d);
void doctor_storages(struct doctor *d);

/* ids.c */
void doctor_idmap(struct doctor *d);

/* ct.c */
void doctor_configs(struct doctor *d);
void doctor_stale(struct doctor *d);
void doctor_loops(struct doctor *d);
bool doctor_is_live(unsigned ctid); /* a process of the container or its monitor lives */

/* folders.c */
void doctor_folders(struct doctor *d);

/* net.c */
void doctor_networks(struct doctor *d);

#endif
