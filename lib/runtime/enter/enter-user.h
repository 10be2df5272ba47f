/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The users and groups of a container, in the texts of its passwd(5) and group(5).  For
 * hooks/pct-enter.c, inside: these functions allocate nothing and make no system call, since a
 * filter may forbid any.
 */
#ifndef LIB_RUNTIME_ENTER_ENTER_USER_H
#define LIB_RUNTIME_ENTER_ENTER_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct enter_user {
	uid_t uid;
	gid_t gid;
	const char *name, *home, *shell; /* home and shell are absolute paths */
};

/*
 * Find the user who: a name, or a number.  Returns false if passwd has no valid line of the user.
 * Overwrites passwd, and *ret points into it.
 */
bool enter_user_find(char *passwd, const char *who, struct enter_user *ret);

/* The user with a number that has no line: the group has the same number.  False: no number. */
bool enter_user_number(const char *who, struct enter_user *ret);

/* Find the group who, a name or a number, which needs no line.  False: there is no such group. */
bool enter_group_find(const char *group, const char *who, gid_t *ret);

/*
 * List the group ids of the user: gid, and the groups that have it as a member.  Returns their
 * number; more than max: there are more, and ret has the first max.
 */
size_t enter_user_groups(const char *group, const struct enter_user *user, gid_t *ret, size_t max);

#endif
