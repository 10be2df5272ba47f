/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options --password and --ssh-public-keys. */
#ifndef PCT_SECRET_H
#define PCT_SECRET_H

struct args;
struct err;

#define OPTION_PASSWORD \
	{ "password", "[TEXT]", "Root's password; without a text, asked for or read from stdin" }
#define OPTION_SSH_KEYS { "ssh-public-keys", "FILE", "Keys that may log in as root" }

/*
 * Take --password, ask for it twice on a terminal, or read a line of standard input.  *ret_hash is
 * its hash, the caller frees; left alone when the option is not given.
 */
int secret_password(const struct args *args, char **ret_hash, struct err *e);

/* Text of the file, each line checked to be a key; left alone when the option is not given. */
int secret_ssh_keys(const struct args *args, char **ret, struct err *e);

#endif
