/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removing what a start made on the host.  Hooks use this as well, so it needs no liblxc.  All of
 * it is idempotent.
 */
#ifndef CT_CLEAN_H
#define CT_CLEAN_H

struct err;

/*
 * Remove what the hooks of a start made: the plan, what lib/net/port.h made beside the veths, the
 * mounts at rootfs and below in this mount namespace (NULL: none).  For the monitor on record,
 * whose cgroups are in use.
 */
int ct_undo_start(unsigned ctid, const char *rootfs, struct err *e);

/*
 * The same of a monitor that was killed, with the cgroups.  For a caller that knows that it is
 * gone: pre-start, once its own monitor is the one on record.  -EBUSY when the container's
 * processes have outlived their monitor; nothing else is removed then.
 */
int ct_clean_up(unsigned ctid, const char *rootfs, struct err *e);

/*
 * Wait for the monitor to go, then clean up after it, and remove its record.  Its mounts went with
 * it (lxc.monitor.unshare): what is mounted here was mounted by somebody else, and stays.  The
 * caller holds the config's lock.
 */
int ct_clean(unsigned ctid, struct err *e);

#endif
