/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container as a service of systemd's, pct@CTID.service, whose main process is liblxc's monitor.
 * The monitor and the container stay in cgroups of liblxc's own, at the same place whoever starts
 * them.  What pct start is told to do, the unit does with pct start --from-unit.
 */
#ifndef CT_SYSTEMD_UNIT_H
#define CT_SYSTEMD_UNIT_H

struct ct;
struct err;

/*
 * Start it, in its unit where systemd runs and has the units.  The caller holds the lock, which the
 * unit's process takes from it.
 */
int unit_start(struct ct *ct, struct err *e);

/*
 * The unit's own processes: a start, which leaves the cause of its failure for unit_start() to
 * read, and a stop.  They take the lock themselves.
 */
int unit_run_start(struct ct *ct, struct err *e);
int unit_run_stop(struct ct *ct, struct err *e);

#endif
