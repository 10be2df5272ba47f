/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by pve.c, which parses lines, pve-key.c, which converts keys, and pve-edit.c. */
#ifndef LIB_CONF_PVE_H
#define LIB_CONF_PVE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/conf/conf-internal.h"

#define PVE_PENDING "pve:pending"

struct pve_entry {
	unsigned line;
	char *key, *value;
	bool deleted; /* by a pending change */
};

struct pve_section {
	char *name; /* name of a snapshot; NULL: the main section */
	unsigned line;
	struct pve_entry *v;
	size_t n;
	struct buf description; /* decoded */
	unsigned description_line;
};

/*
 * Convert a section to the format of 2015.  Bad values of a snapshot are skipped without an error.
 */
struct conf_file *conf_pve_convert(const struct pve_section *s, unsigned ctid,
				   struct conf_findings *to);

#endif
