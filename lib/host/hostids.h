/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users and groups of this host, from /etc/passwd and /etc/group (passwd(5), group(5)). */
#ifndef LIB_HOST_HOSTIDS_H
#define LIB_HOST_HOSTIDS_H

#include <stddef.h>
#include <stdint.h>

#define PASSWD "/etc/passwd"
#define GROUP "/etc/group"

struct hostid {
	char *name;
	uint32_t id;
};
struct hostids {
	struct hostid *v;
	size_t n;
};

/* Read a file; if that fails, the list is empty. */
void hostids_read(const char *path, struct hostids *ret);
void hostids_done(struct hostids *list);

/* Returns the first entry whose id is in [first, first + count); NULL: none. */
const struct hostid *hostids_find(const struct hostids *list, uint32_t first, uint32_t count);

#endif
