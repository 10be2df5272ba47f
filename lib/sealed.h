/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIB_SEALED_H
#define LIB_SEALED_H

struct err;

/*
 * Run this program anew, with argv, from a sealed copy of its file in memory (memfd_create(2));
 * returns 0 when it is that copy.  A process that enters a container can be had there by
 * /proc/PID/exe, and root of a privileged one could write to the host's file (CVE-2019-5736).
 * Call it before there is any state: all that is not CLOEXEC, or in argv, is lost.
 */
int sealed_run(char *const argv[], struct err *e);

#endif
