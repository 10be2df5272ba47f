/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Generators of images, systemd.generator(7), that take an interface down at boot, so that
 * NetworkManager configures it.  An interface that the host, or another program, has configured by
 * then stays down.
 */
#ifndef SETUP_NET_LINK_DOWN_H
#define SETUP_NET_LINK_DOWN_H

struct err;
struct setup;

/*
 * Mask the unit of distrobuilder's generator if NetworkManager does not configure the interface.
 * Another generator with such a command is a finding, for a host-managed network.
 */
int link_down_prevent(struct setup *s, struct err *e);

#endif
