/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A limit for the service that holds up network-online.target, systemd.special(7). */
#ifndef SETUP_NET_WAIT_ONLINE_H
#define SETUP_NET_WAIT_ONLINE_H

struct err;
struct setup;

/*
 * Have unit give up after some seconds, by a drop-in.  The alternative, interfaces that are not
 * required for online, makes network-online.target come before the addresses, and some releases
 * then wait for ever for a first one that is required.  No such unit: nothing is done.
 */
int wait_online_limit(struct setup *s, const char *unit, struct err *e);

#endif
