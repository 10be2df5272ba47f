/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts or stops all containers of the host, by pve.onboot and pve.startup.  Containers of the
 * same order start and stop at the same time.
 */
#ifndef PCT_AUTOSTART_H
#define PCT_AUTOSTART_H

#include "pct/each.h"

/*
 * Start the stopped containers that are no templates, or only those with onboot=1, by start.  If
 * some fail, start the others, and return 1.
 */
int autostart_start(const struct args *args, each_fn start, struct err *e);
/* Stop all running containers, in reverse order, by stop.  If some fail, go on, and return 1. */
int autostart_stop(const struct args *args, each_fn stop, struct err *e);

#endif
