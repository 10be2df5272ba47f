/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between pve.c, which reads lines, and pve-key.c, which knows keys. */
#ifndef LIB_CONF_PVE_H
#define LIB_CONF_PVE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/conf/conf-internal.h"

struct pve_entry {
	unsigned line;
	char *key, *value;
	bool deleted; /* by what is pending */
};

struct pve_section {
	char *name; /* of a snapshot; the main one's is NULL */
	unsigned line;
	struct pve_entry *v;
	size_t n;
	struct buf description; /* decoded */
	unsigned description_line;
};

/* A section in the 2015 format.  What is wrong in a snapshot is left out, and is no error. */
struct conf_file *conf_pve_convert(const struct pve_section *s, unsigned ctid,
				   struct conf_findings *to);

#endif
