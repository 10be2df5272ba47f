/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords for shadow(5), by libcrypt.  password.c is the only includer of <crypt.h>. */
#ifndef LIB_BASE_PASSWORD_H
#define LIB_BASE_PASSWORD_H

struct err;

#define PASSWORD_MIN 5 /* characters, as in today's pct */

/* Whether a text will do as a password: length, no control characters.  It is never quoted. */
int password_check(const char *password, struct err *e);

/*
 * Hash by the host's best method and a random salt (crypt_gensalt(3)).  A value that is a hash
 * already, of any method of crypt(5) that begins with '$', comes back as it is.  *ret is freed by
 * the caller.  -EINVAL as password_check().
 */
int password_hash(const char *password, char **ret, struct err *e);

#endif
