/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Included only by lib/runtime/runtime.c and lib/runtime/attach.c. */
#ifndef LIB_RUNTIME_RUNTIME_INTERNAL_H
#define LIB_RUNTIME_RUNTIME_INTERNAL_H

struct err;
struct lxc_container;

/*
 * Open a running container with its runtime config; NULL with the err filled.  The caller puts it.
 */
struct lxc_container *runtime_open(unsigned ctid, struct err *e);

#endif
