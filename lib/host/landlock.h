/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Confining a process to a few folders (landlock(7)): the second wall behind lib/rootfs/rootfs.h;
 * or to a few programs.
 */
#ifndef LIB_HOST_LANDLOCK_H
#define LIB_HOST_LANDLOCK_H

#include <stddef.h>

struct err;

/*
 * From now on this process, and what it starts, reaches files below these folders only; whatever is
 * open already stays usable.  dirs are descriptors of folders, O_PATH will do.  A confined process
 * can neither mount nor gain privileges by execve(2).  1: confined; 0: the kernel has no Landlock
 * of ABI 2 (REFER) or later, and nothing changed.
 */
int landlock_confine(const int *dirs, size_t n, struct err *e);

/*
 * From now on it can run these programs (paths, up to a NULL), read the folders of libraries, and
 * send no signal to others; it writes to nothing but /dev/null and what is open.  Returns the same.
 */
int landlock_run_only(const char *const *programs, struct err *e);

#endif
