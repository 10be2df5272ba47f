/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces that a file of the container makes ports of a bridge, bond or switch inside. */
#ifndef SETUP_NET_PORTS_H
#define SETUP_NET_PORTS_H

struct err;
struct setup;

/*
 * The path of a file of the chosen consumer that makes the interface a port of another one, which
 * takes its packets: an address of the interface has no effect.  NULL: none.  The caller frees.
 */
char *ports_find(struct setup *s, const char *ifname);

/*
 * Take the configured interfaces out of the bridges and bonds of a template's
 * /etc/network/interfaces, for the phase create: no administrator has made them.
 */
int ports_release(struct setup *s, struct err *e);

#endif
