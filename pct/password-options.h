/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options --password and --ssh-public-keys. */
#ifndef PCT_PASSWORD_OPTIONS_H
#define PCT_PASSWORD_OPTIONS_H

#include <stdbool.h>

struct args;
struct err;

#define OPTION_PASSWORD \
	{ "password", ARG_SECRET, "Password of root; without a value pct asks for it; -: read a " \
				  "line of standard input" }
#define OPTION_SSH_KEYS \
	{ "ssh-public-keys", "FILE", "File of public keys that may log in as root" }

/*
 * Take --password, ask for it twice on a terminal, or read a line of standard input.  *ret_hash is
 * its hash, the caller frees; left alone when the option is not given.
 */
int secret_password(const struct args *args, char **ret_hash, struct err *e);

/* Whether standard input, or the terminal there, is to say the password. */
bool secret_is_read(const struct args *args);

/*
 * pct wipes the text of --password from argv[], and passes it to the program that it executes next
 * in a file in memory, whose descriptor number is in the environment.  That program's main() calls
 * secret_receive() first, before it closes inherited descriptors.
 */
int secret_hand_over(const struct args *args, struct err *e);
void secret_receive(void);

/* Text of the file, each line checked to be a key; left alone when the option is not given. */
int secret_ssh_keys(const struct args *args, char **ret, struct err *e);

#endif
