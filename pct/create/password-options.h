/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options --password and --ssh-public-keys. */
#ifndef PCT_CREATE_PASSWORD_OPTIONS_H
#define PCT_CREATE_PASSWORD_OPTIONS_H

#include <stdbool.h>

struct args;
struct err;

#define OPTION_PASSWORD \
	{ "password", ARG_SECRET, "Password of root; without a value pct asks for it; -: read a " \
				  "line of standard input" }
#define OPTION_SSH_KEYS \
	{ "ssh-public-keys", "FILE", "File of public keys that may log in as root" }

/*
 * Take the password from --password, ask for it twice on a terminal, or read a line of standard
 * input.  The caller frees the hash.  Without the option, *ret_hash stays untouched.
 */
int secret_password(const struct args *args, char **ret_hash, struct err *e);

/* Whether secret_password() will read standard input. */
bool secret_is_read(const struct args *args);

/*
 * args_parse() wipes the value of --password from argv[].  secret_hand_over() stores it in a memfd,
 * whose number is put into the environment of the next executed program.  That program's main()
 * calls secret_receive() before it closes inherited descriptors.
 */
int secret_hand_over(const struct args *args, struct err *e);
void secret_receive(void);

/* The text of the file, in which each line is a valid key; the caller frees.  Without the option,
 * *ret stays untouched. */
int secret_ssh_keys(const struct args *args, char **ret, struct err *e);

#endif
