/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces that NetworkManager is told to leave alone. */
#ifndef SETUP_NET_NETWORKMANAGER_UNMANAGED_H
#define SETUP_NET_NETWORKMANAGER_UNMANAGED_H

struct net;
struct setup;

/*
 * The file that tells it: "unmanaged-devices" of NetworkManager.conf(5), or a stanza of
 * /etc/network/interfaces where its plug-in for ifupdown is on, as in Debian.  NULL: none.  The
 * caller frees.
 */
char *nm_unmanaged_by(struct setup *s, const struct net *net);

#endif
