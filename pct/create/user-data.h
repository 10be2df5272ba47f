/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option --user-data of create. */
#ifndef PCT_CREATE_USER_DATA_H
#define PCT_CREATE_USER_DATA_H

#include <stddef.h>

struct args;
struct err;

/*
 * The text of the file, or of standard input, that cloud-init can tell the format of; the caller
 * frees.  Without the option, *ret stays untouched.
 */
int user_data_read(const struct args *args, char **ret, struct err *e);

/* A first line, or the beginning of one, that cloud-init knows; for the manual page. */
struct user_data_format {
	const char *begin, *help;
};
extern const struct user_data_format user_data_formats[]; /* ends with begin NULL */

#endif
