/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running programs from a sealed copy in memory (memfd_create(2)).
 *
 * Container root can open the file of each process in the container through /proc/PID/exe, and root
 * of a privileged container could overwrite it (CVE-2019-5736).
 */
#ifndef LIB_BASE_MEMFD_EXEC_H
#define LIB_BASE_MEMFD_EXEC_H

#include <stdbool.h>

struct err;

/* Returns a descriptor of a sealed copy of the program at path, for execveat(2). */
int memfd_exec_copy(const char *path, struct err *e);

/* Whether this process runs from a sealed copy. */
bool memfd_exec_is_copy(void);

/*
 * Run this program again, with argv, from a sealed copy; returns 0 if it already runs from one.
 * Call it first in main(): everything but argv and descriptors 0, 1 and 2 is lost.
 */
int memfd_exec_self(char *const argv[], struct err *e);

#endif
