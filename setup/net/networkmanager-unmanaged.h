/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds interfaces that NetworkManager is configured not to manage. */
#ifndef SETUP_NET_NETWORKMANAGER_UNMANAGED_H
#define SETUP_NET_NETWORKMANAGER_UNMANAGED_H

struct net;
struct setup;

/*
 * The path of the file that makes the interface unmanaged, by "unmanaged-devices" of
 * NetworkManager.conf(5), or by a stanza of /etc/network/interfaces if the ifupdown plug-in is
 * enabled, as in Debian.  NULL: none.  The caller frees.
 */
char *nm_unmanaged_by(struct setup *s, const struct net *net);

#endif
