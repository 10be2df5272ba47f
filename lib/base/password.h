/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords for shadow(5), by libcrypt.  Only password.c includes <crypt.h>. */
#ifndef LIB_BASE_PASSWORD_H
#define LIB_BASE_PASSWORD_H

struct err;

#define PASSWORD_MIN 5 /* characters, as in Proxmox VE's pct */

/* Check length and control characters.  The error never quotes the password. */
int password_check(const char *password, struct err *e);

/*
 * Hash with the host's best method and a random salt (crypt_gensalt(3)).  A password that is a hash
 * of crypt(5) beginning with '$' is returned unchanged.  The caller frees *ret.  -EINVAL as
 * password_check().
 */
int password_hash(const char *password, char **ret, struct err *e);

#endif
