/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits the time of the service that delays network-online.target, systemd.special(7). */
#ifndef SETUP_NET_WAIT_ONLINE_H
#define SETUP_NET_WAIT_ONLINE_H

struct err;
struct setup;

/*
 * Write a drop-in that makes unit give up after some seconds; does nothing if there is no such
 * unit.  RequiredForOnline=no would not do: network-online.target would come before the addresses,
 * and some releases would wait for ever for a required interface.
 */
int wait_online_limit(struct setup *s, const char *unit, struct err *e);

#endif
