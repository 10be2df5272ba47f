/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids delegated to users of this host: /etc/subuid and /etc/subgid (subuid(5)). */
#ifndef LIB_HOST_SUBID_H
#define LIB_HOST_SUBID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUBUID "/etc/subuid"
#define SUBGID "/etc/subgid"

struct subid {
	char *owner; /* a name or a number */
	bool is_root;
	uint32_t first, count; /* first > 0; the last id fits into 32 bits */
};
struct subids {
	struct subid *v; /* in file order */
	size_t n;
};

/* Read a file.  Invalid lines are ignored; if the file cannot be read, the list is empty. */
void subids_read(const char *path, struct subids *ret);
void subids_done(struct subids *list);

/* Whether all these ids are delegated to root, by one line or several. */
bool subids_grant_root(const struct subids *list, uint32_t first, uint32_t count);

#endif
