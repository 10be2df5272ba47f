/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs that are run from a sealed copy of their file in memory (memfd_create(2)).
 *
 * Container root can open the file of each process that it sees, by /proc/PID/exe, and root of a
 * privileged container could write to it (CVE-2019-5736).
 */
#ifndef LIB_BASE_MEMFD_EXEC_H
#define LIB_BASE_MEMFD_EXEC_H

#include <stdbool.h>

struct err;

/* A descriptor of such a copy of the program at path, for execveat(2). */
int memfd_exec_copy(const char *path, struct err *e);

/* Whether this program is such a copy. */
bool memfd_exec_is_copy(void);

/*
 * Run this program anew, with argv, from such a copy; returns 0 when it is one already.  Call it
 * before there is any state: all that is not in argv is lost, descriptors but 0, 1 and 2 as well.
 */
int memfd_exec_self(char *const argv[], struct err *e);

#endif
