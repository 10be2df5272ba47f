/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * File systems that a process serves (fuse(4)): who asks one for something waits for the answer,
 * and once the question was read no signal ends that, SIGKILL included.  Where who is to answer
 * waits as well, nothing does but the end of the connection, which only the host can order.
 */
#ifndef LIB_FUSE_H
#define LIB_FUSE_H

struct err;

/*
 * End the connections of file systems that a container's processes have mounted, or have open, or
 * are in, unless the host has them mounted, too.  For a container that was killed.  Takes some
 * seconds at most.
 */
int fuse_abort(unsigned ctid, struct err *e);

#endif
