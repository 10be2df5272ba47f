/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * FUSE file systems are served by a process (fuse(4)).  A process that uses one waits for the
 * server's answer, and once the server has read the request, no signal ends the wait, not even
 * SIGKILL.  If the server is stuck as well, only the host can end the wait: it aborts the
 * connection.
 */
#ifndef LIB_RUNTIME_FUSE_H
#define LIB_RUNTIME_FUSE_H

struct err;

/*
 * Abort the FUSE connections of a killed container: file systems that its processes have mounted,
 * open, or as a working or root folder, unless the host has them mounted, too.  Takes a few seconds
 * at most.
 */
int fuse_abort(unsigned ctid, struct err *e);

#endif
