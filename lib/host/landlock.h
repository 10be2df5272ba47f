/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Confines a process to a few folders or programs (landlock(7)).  For a container's files, this is
 * the second barrier behind lib/rootfs/rootfs.h.
 */
#ifndef LIB_HOST_LANDLOCK_H
#define LIB_HOST_LANDLOCK_H

#include <stddef.h>

struct err;

/*
 * Restrict this process and its children to files below these folders; open files stay usable.
 * dirs are descriptors of folders (O_PATH suffices).  A confined process can neither mount nor gain
 * privileges by execve(2).  Returns 1: confined; 0: the kernel has no Landlock of ABI 2 (REFER) or
 * later, and nothing changed.
 */
int landlock_confine(const int *dirs, size_t n, struct err *e);

/*
 * Restrict this process to running these programs (paths, ends with NULL) and reading the library
 * folders.  It can send no signals to other processes, and write only to /dev/null and open files.
 * Returns like landlock_confine().
 */
int landlock_run_only(const char *const *programs, struct err *e);

#endif
