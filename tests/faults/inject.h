/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a traced process is told another story: the only part that depends on the machine. */
#ifndef TESTS_FAULTS_INJECT_H
#define TESTS_FAULTS_INJECT_H

#include <sys/types.h>

/* At the entry of a call: it is not made.  -errno. */
int inject_skip(pid_t pid);

/* At its exit: it returns -number.  -errno. */
int inject_error(pid_t pid, int number);

#endif
