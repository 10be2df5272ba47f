/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses os-release(5), by which a distribution identifies itself. */
#ifndef SETUP_OS_RELEASE_H
#define SETUP_OS_RELEASE_H

struct err;
struct tree;

struct os_release {
	char *id;      /* ID; NULL: none */
	char **like;   /* ID_LIKE, closest first; NULL: none */
	char *version; /* VERSION_ID; NULL: none */
	char *pretty;
};
void os_release_done(struct os_release *os);

/* Parse the text of the file.  Quoting is as in the shell; control characters become '?'. */
void os_release_parse(const char *text, struct os_release *ret);

/* Read /etc/os-release, else /usr/lib/os-release.  Without either, *ret is empty. */
int os_release_read(struct tree *t, struct os_release *ret, struct err *e);

/* The number that VERSION_ID begins with; 0: none. */
unsigned os_release_major(const struct os_release *os);

#endif
