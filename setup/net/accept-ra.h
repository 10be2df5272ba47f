/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For renderers of programs that leave router advertisements to the kernel. */
#ifndef SETUP_NET_ACCEPT_RA_H
#define SETUP_NET_ACCEPT_RA_H

struct err;
struct net;
struct setup;

/*
 * The value of accept_ra for the network.  Without ip6, 0, as the kernel's default is 1.  2
 * accepts advertisements even if a program in the container turns forwarding on.
 */
int accept_ra_value(const struct net *net);

/*
 * Write a file of sysctl.d(5) with this value for each network with an address.  It is applied at
 * boot before the links are up; a program that sets the value itself does so only afterwards.
 */
int accept_ra_write(struct setup *s, struct err *e);

#endif
