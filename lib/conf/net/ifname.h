/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of a container's network interfaces on the host. */
#ifndef LIB_CONF_NET_IFNAME_H
#define LIB_CONF_NET_IFNAME_H

#define IFNAME_SIZE 16 /* the kernel's IFNAMSIZ, with NUL */

/*
 * Name an interface of a container's network n.  Role "veth" gives veth105.0; v999999999.10 if that
 * would exceed 15 characters.  The roles of the firewall bridge, fwbr, fwpr and fwln, shorten to
 * fwb, fwp and fwl.
 */
void ifname(char ret[IFNAME_SIZE], const char *role, unsigned ctid, unsigned n);

#endif
