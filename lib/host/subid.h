/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids that are delegated to users of this host: /etc/subuid and /etc/subgid (subuid(5)). */
#ifndef LIB_HOST_SUBID_H
#define LIB_HOST_SUBID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUBUID "/etc/subuid"
#define SUBGID "/etc/subgid"

struct subid {
	char *owner; /* a name, or a number */
	bool is_root;
	uint32_t first, count; /* first is above 0; the last id fits, too */
};
struct subids {
	struct subid *v; /* in the file's order */
	size_t n;
};

/* A file that is not there, or cannot be read, delegates nothing; nor does a line that is wrong. */
void subids_read(const char *path, struct subids *ret);
void subids_done(struct subids *list);

/* Whether root has all of these ids, in one line or several. */
bool subids_grant_root(const struct subids *list, uint32_t first, uint32_t count);

#endif
