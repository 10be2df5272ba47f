/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that come from a person or another file, and stand in files of ours. */
#ifndef LIB_BASE_NAME_CHECK_H
#define LIB_BASE_NAME_CHECK_H

struct err;

enum name_kind {
	NAME_HOST,   /* labels of RFC 1123: letters, digits and inner '-' */
	NAME_DOMAIN, /* the same with '_', as in DNS; a final dot, or nothing but a dot, is fine */
	NAME_ZONE,   /* a time zone: a path below /usr/share/zoneinfo, in it and nowhere else */
};

/* 0, or -EINVAL with the name in the cause. */
int name_check(const char *name, enum name_kind kind, struct err *e);

#endif
