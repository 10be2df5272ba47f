/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Setup on a mounted rootfs, in a child that can reach nothing else: as root of the container's
 * user namespace, confined by Landlock.  The report comes back through a pipe and is read as
 * hostile.
 */
#ifndef SETUP_CONFINED_H
#define SETUP_CONFINED_H

#include <stdbool.h>

#include "setup/setup.h"

struct idmap;

/*
 * As setup_run(), on the tree at rootfs, of a container that does not run.  map NULL: in the
 * caller's user namespace.  ret needs report_done().
 */
int setup_confined(enum phase phase, const struct conf *conf, const char *rootfs,
		   const struct idmap *map, const struct host_facts *facts, unsigned flags,
		   struct report *ret, struct err *e);

/*
 * The same on what the init of a running container, a pidfd, has as its root; with SETUP_RUNNING.
 * It has half a minute; -ETIMEDOUT.  This process itself does not touch that tree.
 */
int setup_running(enum phase phase, const struct conf *conf, int init, const struct idmap *map,
		  const struct host_facts *facts, unsigned flags, struct report *ret,
		  struct err *e);

#endif
