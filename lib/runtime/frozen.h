/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Containers whose processes the cgroup freezer holds (lxc-freeze).  A command that waits for a
 * process in there would wait for ever, so it fails first.
 */
#ifndef LIB_RUNTIME_FROZEN_H
#define LIB_RUNTIME_FROZEN_H

struct err;

/* The command that thaws the container.  The caller frees. */
char *frozen_remedy(unsigned ctid);
/* -EBUSY with the remedy if the container is frozen. */
int frozen_refuse(unsigned ctid, struct err *e);

#endif
