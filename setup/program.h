/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs in a container, by their names.  Nothing is run. */
#ifndef SETUP_PROGRAM_H
#define SETUP_PROGRAM_H

#include <stdbool.h>

struct tree;

/* The first of its usual places, "/sbin/ifup"; NULL: it is in none.  The caller frees. */
char *program_find(struct tree *t, const char *name);
bool program_is_there(struct tree *t, const char *name);

/*
 * The last name in a chain of links ("busybox" of /sbin/ifup -> /bin/busybox); Debian's
 * alternatives make such chains.  NULL: it ends in no file.  The caller frees.
 */
char *program_real_name(struct tree *t, const char *path);

#endif
