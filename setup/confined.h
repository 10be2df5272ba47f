/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs setup on a mounted rootfs in a child that cannot reach anything else: the child is root of
 * the container's user namespace, and Landlock confines it.  The report comes back through a pipe
 * and is parsed as hostile data.
 */
#ifndef SETUP_CONFINED_H
#define SETUP_CONFINED_H

#include <stdbool.h>

#include "setup/setup.h"

struct idmap;

/*
 * Like setup_run(), on the tree at rootfs of a stopped container.  map NULL: in the caller's user
 * namespace.  The caller calls report_done() on *ret.
 */
int setup_confined(enum phase phase, const struct conf *conf, const char *rootfs,
		   const struct idmap *map, const struct host_facts *facts, unsigned flags,
		   struct report *ret, struct err *e);

/*
 * Like setup_confined(), on the root of a running container, whose init is a pidfd; adds
 * SETUP_RUNNING to flags.  -ETIMEDOUT after half a minute.  Only the child accesses the tree, since
 * the container can block accesses.
 */
int setup_running(enum phase phase, const struct conf *conf, int init, const struct idmap *map,
		  const struct host_facts *facts, unsigned flags, struct report *ret,
		  struct err *e);

#endif
