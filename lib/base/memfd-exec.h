/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running programs from a sealed copy in memory (memfd_create(2)).
 *
 * Container root can open the file of each process in the container through /proc/PID/exe, and root
 * of a privileged container could overwrite it (CVE-2019-5736).
 */
#ifndef LIB_BASE_MEMFD_EXEC_H
#define LIB_BASE_MEMFD_EXEC_H

struct err;

/* Returns a descriptor of a sealed copy of the program at path, to be executed. */
int memfd_exec_copy(const char *path, struct err *e);

#endif
