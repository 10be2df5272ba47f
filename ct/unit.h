/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container as a service of systemd's, pct@CTID.service, whose main process is liblxc's monitor.
 * The monitor and the container stay in cgroups of liblxc's own, at the same place whoever starts
 * them.  What pct start is told to do, the unit does with pct start --from-unit.
 */
#ifndef CT_UNIT_H
#define CT_UNIT_H

struct err;

/* Start it, in its unit where systemd runs and has the units.  The caller holds no lock. */
int unit_start(unsigned ctid, struct err *e);

/* What the unit runs: a start whose cause of failure is for unit_start() to read, and a stop. */
int unit_run_start(unsigned ctid, struct err *e);
int unit_run_stop(unsigned ctid, struct err *e);

#endif
