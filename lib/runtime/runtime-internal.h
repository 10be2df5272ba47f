/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For lib/runtime/runtime.c and lib/runtime/attach.c alone. */
#ifndef LIB_RUNTIME_RUNTIME_INTERNAL_H
#define LIB_RUNTIME_RUNTIME_INTERNAL_H

struct err;
struct lxc_container;

/* A container that runs, with its runtime config.  NULL with the err filled; the caller puts it. */
struct lxc_container *runtime_open(unsigned ctid, struct err *e);

#endif
