/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container as the systemd service pct@CTID.service, whose main process is liblxc's monitor.  The
 * monitor and the container are in the cgroups that liblxc makes, as without systemd.  pct start
 * starts the unit, and the unit runs pct start --from-unit.
 */
#ifndef CT_SYSTEMD_UNIT_H
#define CT_SYSTEMD_UNIT_H

struct ct;
struct err;

/*
 * Start the container; by its unit if systemd runs and pct@.service is installed.  The caller holds
 * the lock.  With a unit, this function releases the lock, and the unit's process takes it.
 */
int unit_start(struct ct *ct, struct err *e);

/*
 * Run by the unit: start and stop.  Both take the lock.  A failed start records the cause, which
 * unit_start() reports.
 */
int unit_run_start(struct ct *ct, struct err *e);
int unit_run_stop(struct ct *ct, struct err *e);

#endif
