/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Included only by lib/runtime/runtime.c and lib/runtime/enter/enter-context.c. */
#ifndef LIB_RUNTIME_RUNTIME_INTERNAL_H
#define LIB_RUNTIME_RUNTIME_INTERNAL_H

struct err;
struct lxc_container;

/*
 * Open a running container, with the environment, limits and lxc.proc of the config that its
 * monitor has in memory: the file may be gone, damaged or newer.  NULL with the err filled.  The
 * caller puts it.
 */
struct lxc_container *runtime_recall(unsigned ctid, struct err *e);

#endif
