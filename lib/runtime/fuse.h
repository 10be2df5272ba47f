/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * File systems that a process serves (fuse(4)).  A process that uses one waits for the server's
 * answer, and once the server has read the request, no signal ends the wait, not even SIGKILL.
 * If the server is stuck as well, only the host can end the wait: it aborts the connection.
 */
#ifndef LIB_RUNTIME_FUSE_H
#define LIB_RUNTIME_FUSE_H

struct err;

/*
 * Abort the FUSE connections of a killed container: of the file systems that its processes have
 * mounted, have open, or have as a folder, unless the host has them mounted, too.  Takes some
 * seconds at most.
 */
int fuse_abort(unsigned ctid, struct err *e);

#endif
