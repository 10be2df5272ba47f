/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords for shadow(5), by libcrypt. */
#ifndef LIB_PASSWORD_H
#define LIB_PASSWORD_H

struct err;

/*
 * Hash by the host's best method and a random salt (crypt_gensalt(3)).  A value that is a hash
 * already, of any method of crypt(5) that begins with '$', comes back as it is.  *ret is freed by
 * the caller.  -EINVAL: empty, a control character, or too long for crypt(3).
 */
int password_hash(const char *password, char **ret, struct err *e);

#endif
