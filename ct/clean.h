/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes the host objects that a start created.  Hooks use this, too, so it must not need liblxc.
 * All functions are idempotent.
 */
#ifndef CT_CLEAN_H
#define CT_CLEAN_H

struct err;

/*
 * Remove what the hooks of a start made: the plan, what lib/net/port.h made beside the veths, the
 * mounts at rootfs and below in this mount namespace (NULL: none), devices that were attached for
 * its volumes.  For the monitor on record, whose cgroups are in use.
 */
int ct_undo_start(unsigned ctid, const char *rootfs, struct err *e);

/*
 * Remove the same objects and the cgroups after a monitor was killed.  The caller knows that this
 * monitor is gone; pre-start knows once its own monitor is the recorded one.  -EBUSY if processes
 * of the container have outlived their monitor; then only empty cgroups are removed.
 */
int ct_clean_up(unsigned ctid, const char *rootfs, struct err *e);

/*
 * Wait for the monitor to go, then clean up after it, and remove its record.  Its mounts went with
 * it (lxc.monitor.unshare): what is mounted here was mounted by somebody else, and stays.  The
 * caller holds the config's lock.
 */
int ct_clean(unsigned ctid, struct err *e);

#endif
