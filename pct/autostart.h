/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts or stops all containers of the host, by pve.onboot and pve.startup.  Containers of the
 * same order start and stop at the same time. */
#ifndef PCT_AUTOSTART_H
#define PCT_AUTOSTART_H

struct err;

/* Start the stopped containers with onboot=1.  If some fail, start the others, and return 1. */
int autostart_start(struct err *e);
/* Shut down all running containers, in reverse order.  If some fail, go on, and return 1. */
int autostart_stop(struct err *e);

#endif
