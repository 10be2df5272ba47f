/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All containers of the host, by pve.onboot and pve.startup: those of one order at once. */
#ifndef PCT_AUTOSTART_H
#define PCT_AUTOSTART_H

struct err;

/* Start those that are to run after a boot and do not; go on when one fails, and return 1. */
int autostart_start(struct err *e);
/* Shut all down that run, the other way round. */
int autostart_stop(struct err *e);

#endif
