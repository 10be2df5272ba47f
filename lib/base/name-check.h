/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of names from a user or a foreign file before they are written to our files. */
#ifndef LIB_BASE_NAME_CHECK_H
#define LIB_BASE_NAME_CHECK_H

struct err;

enum name_kind {
	NAME_HOST,   /* labels of RFC 1123: letters, digits and inner '-' */
	NAME_DOMAIN, /* as NAME_HOST, plus '_', as in DNS; a final dot, or only a dot, is valid */
	NAME_ZONE,   /* a time zone: a path below /usr/share/zoneinfo */
};

/* Returns 0, or -EINVAL with the name in the cause. */
int name_check(const char *name, enum name_kind kind, struct err *e);

#endif
